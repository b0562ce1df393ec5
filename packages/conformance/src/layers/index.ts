/** The layer references by class name, and how exactly float32 can be expected to meet them. */

import { Random } from "../random.ts";
import { at, type NumberArray, type Operand, operandOf } from "../reference/operand.ts";
import { FLOAT32_EPSILON, type Rounding } from "../tolerance.ts";
import { activationReferences } from "./activation.ts";
import { convolutionReferences } from "./convolution.ts";
import { coreReferences } from "./core-layers.ts";
import { lambda } from "./lambda.ts";
import type { InnerLayer, LayerArguments, LayerReference, ReferenceCall } from "./layer-reference.ts";
import { batchNormalizationState, normalizationReferences } from "./normalization.ts";
import { poolingReferences } from "./pooling.ts";
import { recurrentReferences } from "./recurrent.ts";
import { spatialReferences } from "./spatial.ts";
import {
  bidirectional,
  spectralNormalization,
  spectralNormalizationState,
  timeDistributed,
  timeDistributedState,
} from "./wrappers.ts";

export { ACTIVATIONS } from "./activation.ts";
export { LAMBDA_FUNCTIONS } from "./lambda.ts";
export type { InnerLayer, LayerArguments, LayerReference, ReferenceCall } from "./layer-reference.ts";
export { NOISE_REFERENCES, type NoiseReference } from "./noise.ts";
export { expectedMasks, knowsMasks } from "./output-masks.ts";

/** Every layer class that has one. */
export const LAYER_REFERENCES: Readonly<Record<string, LayerReference>> = {
  ...activationReferences,
  ...convolutionReferences,
  ...coreReferences,
  ...normalizationReferences,
  ...poolingReferences,
  ...recurrentReferences,
  ...spatialReferences,
  Bidirectional: bidirectional(referenceOf),
  Lambda: lambda,
  SpectralNormalization: spectralNormalization(referenceOf),
  TimeDistributed: timeDistributed(referenceOf, stateReferenceOf),
};

/** The weights after a call, of the classes that change theirs. */
const STATE_REFERENCES: Readonly<Record<string, LayerReference>> = {
  BatchNormalization: batchNormalizationState,
  SpectralNormalization: spectralNormalizationState,
  TimeDistributed: timeDistributedState(referenceOf, stateReferenceOf),
};

const unchanged: LayerReference = (_args, _inputs, weights) => weights;

/** The reference of a class; RangeError where it has none. */
export function referenceOf(className: string): LayerReference {
  const reference = LAYER_REFERENCES[className];
  if (reference === undefined) throw new RangeError(`There is no reference of the layer class "${className}".`);
  return reference;
}

/** What a call makes of the weights: what it is given, for nearly all classes. */
function stateReferenceOf(className: string): LayerReference {
  return STATE_REFERENCES[className] ?? unchanged;
}

/** An output and the float32 rounding that may lie behind it. */
export interface ExpectedOutput extends Operand {
  readonly rounding: Rounding;
}

const TRIALS = 2;
/** How much relative change the trials make: far above float64's rounding, far below what would bend the function. */
const NUDGE = 2 ** 3 * FLOAT32_EPSILON;
/** K: a layer rounds at several places, each as if its operands had been rounded. */
const ROUNDINGS = 16;

/** A layer, its numbers and how it is called. */
export interface ExpectedCall {
  readonly className: string;
  readonly args: LayerArguments;
  readonly inputs: readonly NumberArray[];
  readonly weights: readonly NumberArray[];
  readonly call: ReferenceCall;
}

/** What the layer gives. */
export function expectedOutputs(given: ExpectedCall): ExpectedOutput[] {
  return withRounding(given, referenceOf(given.className));
}

/** Its weights after the call. */
export function expectedState(given: ExpectedCall): ExpectedOutput[] {
  return withRounding(given, stateReferenceOf(given.className));
}

/**
 * The scale of the rounding is how far an output moves, measured, when every number that goes in moves by a relative amount,
 * divided by that amount: the largest of all elements and trials.
 */
function withRounding(given: ExpectedCall, reference: LayerReference): ExpectedOutput[] {
  const { className, args, inputs, weights, call } = given;
  const outputs = reference(args, inputs.map(operandOf), weights.map(operandOf), call);
  const scales = outputs.map(() => cancelledScale(given));
  const hasIndices = takesIndices(className, args);
  if (className !== "Embedding") {
    for (let trial = 0; trial < TRIALS; trial++) {
      const random = new Random(`trial ${trial}`);
      const moved = reference(
        args,
        hasIndices ? inputs.map(operandOf) : inputs.map(nudged(random)),
        weights.map(nudged(random)),
        call,
      );
      for (const [i, { values }] of outputs.entries()) {
        const other = moved[i]?.values ?? values;
        const farthest = values.reduce((most, v, e) => Math.max(most, finite(Math.abs(at(other, e) - v))), 0);
        scales[i] = Math.max(at(scales, i), farthest / NUDGE);
      }
    }
  }
  return outputs.map((y, i) => ({ ...y, rounding: { terms: ROUNDINGS, scale: at(scales, i) } }));
}

/** Whether the inputs are whole numbers, which have no neighbours. */
function takesIndices(className: string, { layer }: LayerArguments): boolean {
  return className === "Embedding" || layer?.className === "Embedding";
}

const NORMALIZING = ["BatchNormalization", "GroupNormalization", "LayerNormalization"];

/** What Keras's formula `x·inv + (beta − mean·inv)` adds and then cancels, where x hardly differs from its mean. */
function cancelledScale({ className, args, inputs, weights, call }: ExpectedCall): number {
  const inner: InnerLayer = args.layer ?? { className, args };
  if (!NORMALIZING.includes(inner.className)) return 0;
  if (inner.className === "BatchNormalization" && !call.training) return 0;
  return (largest(inputs) * Math.max(1, largest(weights))) / Math.sqrt(inner.args.epsilon ?? 1e-3);
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
