/** Normalization (Keras: `keras.layers.Normalization`). */

import { epsilon } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as initializers from "../initializers/index.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { inScope } from "../tf.ts";
import type { KerasVariable } from "../variable.ts";
import { type AdaptData, adaptedMoments } from "./adapt-moments.ts";
import { standardizeAxis } from "./axis-size.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { LayerConstants } from "./layer-constants.ts";
import { type NumberArray, numberArray } from "./number-array.ts";
import type { Numbers } from "./rescaling.ts";

export interface NormalizationArgs extends LayerArgs {
  /** Axes with a mean and variance for each position; null for one of each altogether. Default −1. */
  readonly axis?: number | readonly number[] | null;
  /** Given together with `variance`, or found by `adapt`. */
  readonly mean?: Numbers | null;
  readonly variance?: Numbers | null;
  /** Undoes the normalisation instead. Default false. */
  readonly invert?: boolean;
}

/**
 * `(x − mean) / max(√variance, epsilon)`, with statistics that were given or found by `adapt`; integers are cast to float32. Weights,
 * where they were not given: `mean` and `variance` of the sizes of the axes, and `count` (always 0), none trainable.
 */
export class Normalization extends Layer {
  static override readonly className = "Normalization";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    "axis",
    "mean",
    "variance",
    "invert",
  ];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";
  readonly axis: readonly number[];
  readonly invert: boolean;
  readonly #given: { readonly mean: NumberArray; readonly variance: NumberArray } | null;
  readonly #constants = new LayerConstants();
  #weights: { readonly mean: KerasVariable; readonly variance: KerasVariable } | null = null;
  /** Once built: the axes kept, ascending, and the shape of the input that they belong to. */
  #kept: { readonly axes: readonly number[]; readonly inputShape: PartialShape } | null = null;

  constructor(args: NormalizationArgs = {}) {
    super(args);
    const { axis = -1, mean = null, variance = null, invert = false } = args;
    const axes = axis === null ? [] : standardizeAxis(axis);
    this.axis = typeof axes === "number" ? [axes] : axes;
    this.invert = Boolean(invert);
    if ((mean === null) !== (variance === null)) {
      throw new ValueError(
        `When setting values directly, both \`mean\` and \`variance\` must be set. Received: mean=${formatValue(mean)} and variance=${formatValue(variance)}`,
      );
    }
    this.#given = mean === null || variance === null ? null : givenStatistics(mean, variance, this.axis);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  /** The adapted statistics; null before build and where they were given. */
  get mean(): KerasVariable | null {
    return this.#weights?.mean ?? null;
  }

  get variance(): KerasVariable | null {
    return this.#weights?.variance ?? null;
  }

  override build(inputShape: PartialShape): void {
    const ndim = inputShape.length;
    if (this.axis.some((axis) => axis < -ndim || axis >= ndim)) {
      throw new ValueError(
        `All \`axis\` values must be in the range [-ndim, ndim). Received inputs with ndim=${ndim}, while axis=${formatValue(this.axis)}`,
      );
    }
    const axes = this.axis.map((axis) => (axis < 0 ? axis + ndim : axis)).sort((a, b) => a - b);
    const shape = axes.map((axis) => {
      const size = inputShape[axis] ?? null;
      if (size !== null) return size;
      throw new ValueError(
        `All \`axis\` values to be kept must have a known shape. Received axis=${formatValue(this.axis)}, inputs.shape=${formatShape(inputShape)}, with unknown axis at index ${axis}`,
      );
    });
    if (this.#given) assertBroadcasts(this.#given.mean.shape, shape);
    else {
      const zeros = initializers.get("zeros");
      const [mean, variance] = this.addWeights([
        { name: "mean", shape, initializer: zeros, trainable: false },
        { name: "variance", shape, initializer: initializers.get("ones"), trainable: false },
        { name: "count", shape: [], initializer: zeros, trainable: false },
      ]);
      if (!mean || !variance) throw new TypeError("Normalization needs its statistics.");
      this.#weights = { mean, variance };
    }
    this.#kept = { axes, inputShape };
    super.build(inputShape);
  }

  /**
   * Sets mean and variance to those of the data: a tensor, or an iterable of batches (of pairs, the first counts). Builds the layer
   * where that has not happened. The tensors stay the caller's. Source: `keras.layers.Normalization.adapt`.
   */
  adapt(data: AdaptData): void {
    if (this.#given) {
      throw new ValueError(
        `Normalization '${this.name}' cannot adapt: its statistics were given. Received: mean=${formatValue(this.#given.mean.json)}`,
      );
    }
    inScope(() => {
      const found = adaptedMoments(data, (shape) => this.#reducedAxes(shape));
      this.#weights?.mean.assign(found.mean);
      this.#weights?.variance.assign(found.variance);
    });
  }

  override call(inputs: Value): Value {
    const { mean, deviation } = this.#statistics(inputs);
    return this.invert
      ? ops.add(mean, ops.multiply(inputs, deviation))
      : ops.divide(ops.subtract(inputs, mean), deviation);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    return [...inputShape];
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      axis: [...this.axis],
      invert: this.invert,
      mean: this.#given ? listOf(this.#given.mean) : null,
      variance: this.#given ? listOf(this.#given.variance) : null,
    };
  }

  /** Keras counts in integers. */
  override savedDtype(variable: KerasVariable): "float32" | "int32" {
    return variable.name === "count" ? "int32" : "float32";
  }

  override dispose(): void {
    this.#constants.dispose();
    super.dispose();
  }

  /** Builds or checks for data of this shape, and says which axes its statistics are taken over. */
  #reducedAxes(shape: readonly number[]): number[] {
    const kept = this.#kept;
    if (!kept) this.ensureBuilt([shape]);
    else if (kept.axes.some((axis) => shape[axis] !== kept.inputShape[axis])) {
      throw new ValueError(
        `The layer was built with input_shape=${formatShape(kept.inputShape)}, but adapt() is being called with data with an incompatible shape, data.shape=${formatShape(shape)}`,
      );
    }
    const axes = this.#kept?.axes ?? [];
    return shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  }

  #statistics(x: Value): { mean: Value; deviation: Value } {
    const shape = shapeOf(x);
    const kept = this.#kept;
    if (!kept)
      throw new ValueError(
        `You must call \`.build(input_shape)\` on the layer before using it. Received: name='${this.name}'`,
      );
    const { axes } = kept;
    const among = (sizes: readonly number[]) => {
      const offset = axes.length - sizes.length;
      return shape.map((_, i) => sizes[axes.indexOf(i) - offset] ?? 1);
    };
    if (this.#given) {
      const { mean, variance } = this.#given;
      const deviation = variance.values.map((v) => Math.max(Math.fround(Math.sqrt(v)), epsilon()));
      return {
        mean: this.#constants.get(mean.values, among(mean.shape)),
        deviation: this.#constants.get(deviation, among(variance.shape)),
      };
    }
    const weights = this.#weights;
    if (!weights) throw new TypeError("The layer is not built.");
    const sizes = among(weights.mean.shape);
    const deviation = ops.clip(ops.sqrt(weights.variance), epsilon(), LARGEST);
    return { mean: ops.reshape(weights.mean, sizes), deviation: ops.reshape(deviation, sizes) };
  }
}

const LARGEST = 3.4028234663852886e38; // of float32

function givenStatistics(mean: Numbers, variance: Numbers, axis: readonly number[]) {
  const given = { mean: numberArray(mean, "mean"), variance: numberArray(variance, "variance") };
  const { shape } = given.mean;
  if (formatShape(shape) !== formatShape(given.variance.shape)) {
    throw new ValueError(
      `When setting values directly, \`mean\` and \`variance\` must have the same shape. Received: mean shape ${formatShape(shape)} and variance shape ${formatShape(given.variance.shape)}`,
    );
  }
  if (shape.length > axis.length) {
    throw new ValueError(
      `The rank of \`mean\` must be less than or equal to the number of axes (${axis.length}). Received: mean shape ${formatShape(shape)} for axis ${formatValue(axis)}`,
    );
  }
  return given;
}

/** Statistics are broadcast to the kept axes from the last one on. */
function assertBroadcasts(mean: readonly number[], kept: readonly number[]): void {
  const fits = mean.every((n, i) => n === 1 || n === kept[i - mean.length + kept.length]);
  if (fits) return;
  throw new ValueError(
    `mean and variance cannot be broadcast to the axes. Received: mean shape ${formatShape(mean)}, sizes of the axes ${formatShape(kept)}`,
  );
}

/** As a nested list: Keras writes no arrays here. */
function listOf({ values, shape, json }: NumberArray): KerasConfig[string] {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? nested([...values], shape) : json;
}

function nested(values: readonly number[], [n, ...rest]: readonly number[]): KerasConfig[string] {
  if (n === undefined) return values[0] ?? 0;
  const width = values.length / Math.max(n, 1);
  return Array.from({ length: n }, (_, i) => nested(values.slice(i * width, (i + 1) * width), rest));
}

/** Makes a `Normalization`, or adds it to a model, or calls it on tensors or symbols. */
export const normalization = factory(Normalization);
