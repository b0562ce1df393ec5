/** Making a layer's weights, and setting them as a list. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { Initializer } from "../initializers/index.ts";
import { tfjsIsLoaded } from "../late-tfjs.ts";
import { noteMade } from "../leftovers.ts";
import { sizeOf } from "../op/output-shape.ts";
import type { Regularizer } from "../regularizers/index.ts";
import { inScope, isTensor, type Tensor, tensor } from "../tf.ts";
import { type HeldValues, KerasVariable } from "../variable.ts";

export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer | null;
  readonly constraint?: unknown;
  readonly trainable?: boolean;
}

/** All weights of a build, or none: those made before one fails are freed. */
export function makeWeights(layerPath: string, frozen: boolean, specs: readonly WeightSpec[]): KerasVariable[] {
  const made: KerasVariable[] = [];
  try {
    for (const spec of specs) made.push(makeWeight(layerPath, frozen, spec));
    return made;
  } catch (error) {
    for (const weight of made) weight.dispose();
    throw error;
  }
}

/** Weights that are 0 until somebody sets them. */
interface Blanks {
  /** Zeros that all of them share. */
  zeros: Float32Array;
  /** Values that may still be asked for. */
  left: number;
  readonly made: KerasVariable[];
}

/** What `withBlankWeights` is told, and tells. */
export interface BlankWeightsOptions {
  /** More values than these, in all weights together, are refused: a config of a stranger's may ask for anything. Default no limit. */
  readonly mostValues?: number;
  /** Gets every weight that was made, so that those which belong to nothing in the end can be freed. */
  readonly made?: KerasVariable[];
}

let blanks: Blanks | null = null;

/**
 * Runs `fn` with all weights that it makes being 0, whatever their initializers say: for a caller that sets every one of them
 * afterwards, as a loader does, and needs no random numbers before. They share memory until then.
 */
export function withBlankWeights<T>(fn: () => T, options: BlankWeightsOptions = {}): T {
  const { mostValues = Number.POSITIVE_INFINITY, made = [] } = options;
  const before = blanks;
  blanks = { zeros: new Float32Array(0), left: mostValues, made };
  try {
    return fn();
  } finally {
    blanks = before;
  }
}

function blankValues(blanks: Blanks, layerPath: string, { name, shape }: WeightSpec): Float32Array {
  const size = sizeOf(shape);
  blanks.left -= size;
  if (!(blanks.left >= 0))
    throw new ValueError(
      `Layer '${layerPath}': the model has more weights than there are values for. Received: ${name} of shape=${formatShape(shape)}`,
    );
  if (blanks.zeros.length < size) blanks.zeros = new Float32Array(size);
  return blanks.zeros.subarray(0, size);
}

/** As an array where there is no tfjs yet and one can be had. */
function initialValue(layerPath: string, spec: WeightSpec): Tensor | HeldValues {
  const { name, shape, initializer } = spec;
  const givesArrays = initializer.call === Initializer.prototype.call;
  if (blanks || (givesArrays && !tfjsIsLoaded())) {
    const values = blanks ? blankValues(blanks, layerPath, spec) : initializer.values(shape);
    return tfjsIsLoaded() ? tensor(values, [...shape]) : { values, shape };
  }
  const made = initializer.call(shape, "float32");
  if (!isTensor(made)) {
    throw new ValueError(
      `Layer '${layerPath}': the initializer of '${name}' must return a tf.Tensor. Received: ${formatValue(made)}`,
    );
  }
  return made;
}

function makeWeight(layerPath: string, frozen: boolean, spec: WeightSpec): KerasVariable {
  const { name, shape, regularizer, constraint, trainable = true } = spec;
  return inScope(() => {
    const initial = initialValue(layerPath, spec);
    if (!sameShape(initial.shape, shape)) {
      throw new ValueError(
        `Layer '${layerPath}': the initializer of '${name}' must give shape ${formatShape(shape)}. Received: shape=${formatShape(initial.shape)}`,
      );
    }
    const path = `${layerPath}/${name}`;
    const weight = new KerasVariable(initial, {
      name,
      path,
      trainable,
      regularizer: regularizer ?? null,
      constraint: constraint ?? null,
    });
    weight.trained = trainable && !frozen;
    blanks?.made.push(weight);
    noteMade(weight);
    return weight;
  });
}

/** Assigns all or nothing: count and shapes are checked first. Source: `keras.Layer.set_weights`. */
export function assignWeights(layerName: string, weights: readonly KerasVariable[], values: readonly Tensor[]): void {
  if (!Array.isArray(values) || values.some((value) => !isTensor(value))) {
    throw new ValueError(
      `setWeights takes a list of tf.Tensor. Received: layer='${layerName}', weights=${formatValue(values)}`,
    );
  }
  if (values.length !== weights.length) {
    throw new ValueError(
      `You called \`setWeights(weights)\` on layer '${layerName}' with a weight list of length ${values.length}, but the layer was expecting ${weights.length} weights.`,
    );
  }
  for (const [i, weight] of weights.entries()) {
    const shape = values[i]?.shape ?? [];
    if (values[i]?.isDisposed) {
      throw new ValueError(
        `Layer '${layerName}': the tensor for ${weight.path} was disposed. Received: shape=${formatShape(shape)}`,
      );
    }
    if (!sameShape(shape, weight.shape)) {
      throw new ValueError(
        `Layer '${layerName}' weight shape ${formatShape(weight.shape)} is not compatible with provided weight shape ${formatShape(shape)}. Received: weight=${weight.path}`,
      );
    }
  }
  for (const [i, weight] of weights.entries()) {
    const value = values[i];
    if (value) weight.assign(value);
  }
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
