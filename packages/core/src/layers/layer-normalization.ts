/** LayerNormalization (Keras: `keras.layers.LayerNormalization`). */

import { ValueError } from "../errors.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { AFFINE_ARGUMENTS, type AffineArgs } from "./affine-args.ts";
import { AffineNormalization } from "./affine-normalization.ts";
import { assertAxis, axisConfig, sizeOfAxis, standardizeAxis } from "./axis-size.ts";
import { factory } from "./compose.ts";
import { LAYER_ARGUMENTS, type PartialShape, type Shapes } from "./layer-args.ts";

export interface LayerNormalizationArgs extends AffineArgs {
  /** The axis, or the axes together, that mean and variance are taken over. Default −1. */
  readonly axis?: number | readonly number[];
  /** Only divides by √(variance + epsilon) and multiplies by `gamma`, without centring. Deprecated in Keras. Default false. */
  readonly rmsScaling?: boolean;
}

/**
 * `(x − mean) / √(variance + epsilon) · gamma + beta`, with mean and (biased) variance of each sample over the axes. Weights `gamma`
 * and `beta` of the shape of these axes, in ascending order of `axis` as given (−1 comes before 1).
 */
export class LayerNormalization extends AffineNormalization {
  static override readonly className = "LayerNormalization";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    ...AFFINE_ARGUMENTS,
    "axis",
    "rmsScaling",
  ];
  static readonly pure = true;
  readonly rmsScaling: boolean;
  #axis: number | readonly number[];

  constructor(args: LayerNormalizationArgs = {}) {
    const axis = () => standardizeAxis(args.axis === undefined ? -1 : args.axis);
    super(args, axis);
    this.#axis = axis();
    this.rmsScaling = args.rmsScaling ?? false;
  }

  /** As given; once built, a list in ascending order. */
  get axis(): number | readonly number[] {
    return this.#axis;
  }

  override build(inputShape: PartialShape): void {
    const axes = axesOf(this.#axis);
    const shape = axes.map((axis) => sizeOfAxis(inputShape, axis, this.name, "gamma"));
    this.addAffine(shape, { gamma: this.scale || this.rmsScaling, beta: this.center && !this.rmsScaling });
    this.#axis = axes;
    super.build(inputShape);
  }

  override call(inputs: Value): Value {
    const axis = axesOf(this.#axis);
    const options = { axis, keepdims: true };
    const inverse = ops.rsqrt(ops.add(ops.variance(inputs, options), this.epsilon));
    const gamma = this.gamma && this.#alongAxes(this.gamma, inputs);
    if (this.rmsScaling) {
      const y = ops.multiply(inputs, inverse);
      return gamma ? ops.multiply(y, gamma) : y;
    }
    // Keras has x·a + (β − μ·a): the same, but for what cancels where |μ| is large against the deviation.
    const centred = ops.subtract(inputs, ops.mean(inputs, options));
    const scaled = ops.multiply(centred, gamma ? ops.multiply(inverse, gamma) : inverse);
    return this.beta ? ops.add(scaled, this.#alongAxes(this.beta, inputs)) : scaled;
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    for (const axis of axesOf(this.#axis)) assertAxis(inputShape, axis, this.#axis, this.name);
    return [...inputShape];
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      axis: axisConfig(this.#axis),
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      rms_scaling: this.rmsScaling,
      ...this.affineConfig(),
    };
  }

  /** A weight of the shape of the axes among axes of size 1. Its numbers are read in row-major order, as in Keras. */
  #alongAxes(weight: KerasVariable, x: Value): Value {
    const shape = shapeOf(x);
    if (weight.shape.length === shape.length || weight.shape.length === 0) return weight;
    const kept = new Set(axesOf(this.#axis).map((axis) => (axis < 0 ? axis + shape.length : axis)));
    if (kept.size !== weight.shape.length)
      throw new ValueError(`Layer '${this.name}': an axis is named twice. Received: axis=${String(this.#axis)}`);
    if (kept.size === 1 && kept.has(shape.length - 1)) return weight;
    return ops.reshape(
      weight,
      shape.map((n, i) => (kept.has(i) ? n : 1)),
    );
  }
}

function axesOf(axis: number | readonly number[]): number[] {
  return (typeof axis === "number" ? [axis] : [...axis]).sort((a, b) => a - b);
}

/** Makes a `LayerNormalization`, or adds it to a model, or calls it on tensors or symbols. */
export const layerNormalization = factory(LayerNormalization);
