/** The layer references by class name, and how exactly float32 can be expected to meet them. */

import { Random } from "../random.ts";
import { at, type NumberArray, type Operand, operandOf } from "../reference/operand.ts";
import { FLOAT32_EPSILON, type Rounding } from "../tolerance.ts";
import { activationReferences } from "./activation.ts";
import { convolutionReferences } from "./convolution.ts";
import { coreReferences } from "./core-layers.ts";
import type { LayerArguments, LayerReference } from "./layer-reference.ts";
import { normalizationReferences } from "./normalization.ts";
import { poolingReferences } from "./pooling.ts";
import { recurrentReferences } from "./recurrent.ts";
import { spatialReferences } from "./spatial.ts";

export { ACTIVATIONS } from "./activation.ts";
export type { LayerArguments, LayerReference } from "./layer-reference.ts";

/** Every layer class that has one. */
export const LAYER_REFERENCES: Readonly<Record<string, LayerReference>> = {
  ...activationReferences,
  ...convolutionReferences,
  ...coreReferences,
  ...normalizationReferences,
  ...poolingReferences,
  ...recurrentReferences,
  ...spatialReferences,
};

/** An output and the float32 rounding that may lie behind it. */
export interface ExpectedOutput extends Operand {
  readonly rounding: Rounding;
}

const TRIALS = 2;
/** How much relative change the trials make: far above float64's rounding, far below what would bend the function. */
const NUDGE = 2 ** 3 * FLOAT32_EPSILON;
/** K: a layer rounds at several places, each as if its operands had been rounded. */
const ROUNDINGS = 16;

/**
 * What the layer gives in inference. The scale of the rounding is how far an output moves, measured, when every number
 * that goes in moves by a relative amount, divided by that amount: the largest of all elements and trials.
 */
export function expectedOutputs(
  className: string,
  args: LayerArguments,
  inputs: readonly NumberArray[],
  weights: readonly NumberArray[],
): ExpectedOutput[] {
  const reference = LAYER_REFERENCES[className];
  if (reference === undefined) throw new RangeError(`There is no reference of the layer class "${className}".`);
  const outputs = reference(args, inputs.map(operandOf), weights.map(operandOf));
  const scales = outputs.map(() => cancelledScale(className, args, inputs, weights));
  if (className !== "Embedding") {
    for (let trial = 0; trial < TRIALS; trial++) {
      const random = new Random(`trial ${trial}`);
      const moved = reference(args, inputs.map(nudged(random)), weights.map(nudged(random)));
      for (const [i, { values }] of outputs.entries()) {
        const other = moved[i]?.values ?? values;
        const farthest = values.reduce((most, v, e) => Math.max(most, finite(Math.abs(at(other, e) - v))), 0);
        scales[i] = Math.max(at(scales, i), farthest / NUDGE);
      }
    }
  }
  return outputs.map((y, i) => ({ ...y, rounding: { terms: ROUNDINGS, scale: at(scales, i) } }));
}

/** What Keras's formula `x·inv + (beta − mean·inv)` adds and then cancels, where x hardly differs from its mean. */
function cancelledScale(
  className: string,
  { epsilon = 1e-3 }: LayerArguments,
  inputs: readonly NumberArray[],
  weights: readonly NumberArray[],
): number {
  if (className !== "GroupNormalization" && className !== "LayerNormalization") return 0;
  return (largest(inputs) * Math.max(1, largest(weights))) / Math.sqrt(epsilon);
}

function largest(arrays: readonly NumberArray[]): number {
  return Math.max(0, ...arrays.flatMap(({ values }) => Array.from(values, Math.abs)));
}

/** Every value a little larger or smaller. */
function nudged(random: Random): (x: NumberArray) => Operand {
  return ({ shape, values }) => ({
    shape,
    values: Float64Array.from(values, (v) => v * (1 + (random.next() < 0.5 ? NUDGE : -NUDGE))),
  });
}

function finite(v: number): number {
  return Number.isFinite(v) ? v : 0;
}
