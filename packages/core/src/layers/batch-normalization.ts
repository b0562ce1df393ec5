/** BatchNormalization (Keras: `keras.layers.BatchNormalization`). */

import { epsilon as fuzz } from "../config.ts";
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as initializers from "../initializers/index.ts";
import * as ops from "../ops/index.ts";
import { asTensor } from "../ops/run.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { isTensor } from "../tf.ts";
import type { KerasVariable } from "../variable.ts";
import {
  AFFINE_ARGUMENTS,
  type AffineArgs,
  type AffineOptions,
  affineSpecs,
  readAffineOptions,
} from "./affine-args.ts";
import { assertAxis, sizeOfAxis, standardizeOneAxis } from "./axis-size.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { type CallOptions, LAYER_ARGUMENTS, type PartialShape, type Shapes } from "./layer-args.ts";
import { maskOption } from "./mask-option.ts";
import { weightOptionsConfig } from "./weight-options.ts";

export interface BatchNormalizationArgs extends AffineArgs {
  /** The axis that is normalised number by number. Default −1. */
  readonly axis?: number;
  /** How much the moving statistics keep in a training step. Default 0.99. */
  readonly momentum?: number;
  /** Default `"zeros"`. */
  readonly movingMeanInitializer?: initializers.InitializerIdentifier;
  /** Default `"ones"`. */
  readonly movingVarianceInitializer?: initializers.InitializerIdentifier;
  /** Batch renormalisation: kept in configs, refused when the layer is built. Default false. */
  readonly renorm?: boolean;
  /** Limits of renormalisation. */
  readonly renormClipping?: { readonly rmax?: number; readonly rmin?: number; readonly dmax?: number } | null;
  /** Default 0.99. */
  readonly renormMomentum?: number;
  /** Statistics over several devices: true is refused, as by Keras on JAX. Default false. */
  readonly synchronized?: boolean;
}

/**
 * `(x − mean) / √(variance + epsilon) · gamma + beta`, one mean and variance for each position of `axis`. In training they are the
 * batch's (biased variance), and the moving ones follow; else, and in a frozen layer, they are the moving ones. With a mask
 * `[batch, …]` only the steps that count enter the statistics. Weights, all `[channels]`: `gamma` (if `scale`), `beta` (if
 * `center`), `moving_mean` and `moving_variance`, the last two not trainable.
 */
export class BatchNormalization extends Layer {
  static override readonly className = "BatchNormalization";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    ...AFFINE_ARGUMENTS,
    "axis",
    "momentum",
    "movingMeanInitializer",
    "movingVarianceInitializer",
    "renorm",
    "renormClipping",
    "renormMomentum",
    "synchronized",
  ];
  static override readonly takesMask = true;
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly renorm: boolean;
  readonly #renormClipping: KerasConfig | null;
  readonly #renormMomentum: number;
  readonly #options: AffineOptions;
  readonly #movingMeanInitializer: initializers.Initializer | null;
  readonly #movingVarianceInitializer: initializers.Initializer | null;
  #weights: {
    readonly gamma: KerasVariable | null;
    readonly beta: KerasVariable | null;
    readonly mean: KerasVariable;
    readonly variance: KerasVariable;
  } | null = null;

  constructor(args: BatchNormalizationArgs = {}) {
    super(args);
    this.axis = standardizeOneAxis(args.axis === undefined ? -1 : args.axis);
    if (args.synchronized)
      throw new ValueError(
        "Argument synchronized=True is only supported with the TensorFlow backend. Received: synchronized=True",
      );
    this.momentum = numberOf(args.momentum ?? 0.99, "momentum");
    this.epsilon = numberOf(args.epsilon === undefined ? 0.001 : args.epsilon, "epsilon");
    this.center = args.center ?? true;
    this.scale = args.scale ?? true;
    const movingMean = args.movingMeanInitializer;
    const movingVariance = args.movingVarianceInitializer;
    this.#options = readAffineOptions(args);
    this.#movingMeanInitializer = initializers.get(movingMean === undefined ? "zeros" : movingMean);
    this.#movingVarianceInitializer = initializers.get(movingVariance === undefined ? "ones" : movingVariance);
    this.renorm = args.renorm ?? false;
    this.#renormClipping = this.renorm ? standardizeClipping(args.renormClipping) : { ...args.renormClipping };
    if (!this.renorm && (args.renormClipping ?? null) === null) this.#renormClipping = null;
    this.#renormMomentum = args.renormMomentum ?? 0.99;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  /** Null where the layer has none or is not built, like the three below. */
  get gamma(): KerasVariable | null {
    return this.#weights?.gamma ?? null;
  }

  get beta(): KerasVariable | null {
    return this.#weights?.beta ?? null;
  }

  get movingMean(): KerasVariable | null {
    return this.#weights?.mean ?? null;
  }

  get movingVariance(): KerasVariable | null {
    return this.#weights?.variance ?? null;
  }

  override build(inputShape: PartialShape): void {
    const channels = sizeOfAxis(inputShape, this.axis, this.name, "gamma");
    if (this.renorm) {
      throw new UnsupportedError(
        `BatchNormalization '${this.name}': batch renormalisation is not computed here. Received: renorm=True. Set renorm=False.`,
      );
    }
    const shape = [channels];
    const fallback = initializers.get("glorot_uniform");
    const made = this.addWeights([
      ...affineSpecs(this.#options, shape, { gamma: this.scale, beta: this.center }),
      { name: "moving_mean", shape, initializer: this.#movingMeanInitializer ?? fallback, trainable: false },
      { name: "moving_variance", shape, initializer: this.#movingVarianceInitializer ?? fallback, trainable: false },
    ]);
    const [mean, variance] = made.slice(-2);
    const [gamma = null, beta = null] = [this.scale ? made[0] : null, this.center ? made.at(-3) : null];
    if (!mean || !variance) throw new TypeError("BatchNormalization needs its statistics.");
    this.#weights = { gamma, beta, mean, variance };
    this.inputSpec = { ndim: inputShape.length, axes: { [this.axis]: channels } };
    super.build(inputShape);
  }

  override call(inputs: Value, options: CallOptions = {}): Value {
    const weights = this.#weights;
    if (!weights) throw new ValueError(`Layer '${this.name}' was called before it was built.`);
    const mask = maskOption(options);
    const shape = shapeOf(inputs);
    if (mask && mask.shape.length !== shape.length - 1) {
      throw new ValueError(
        `The mask provided should be one dimension less than the inputs. Received: mask.shape=${formatShape(mask.shape)}, inputs.shape=${formatShape(shape)}`,
      );
    }
    if (!options.training || !this.trainable) return this.#normalize(inputs, weights.mean, weights.variance);
    if (!isTensor(inputs)) {
      throw new UnsupportedError(
        `BatchNormalization '${this.name}' cannot be planned with training=true: it would have to change its moving statistics. Call it with apply().`,
      );
    }
    const { mean, variance } = mask ? this.#maskedMoments(inputs, mask) : this.#moments(inputs);
    this.#follow(weights.mean, mean);
    this.#follow(weights.variance, variance);
    return this.#normalize(inputs, mean, variance);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    assertAxis(inputShape, this.axis, this.axis, this.name);
    return [...inputShape];
  }

  override getConfig(): KerasConfig {
    const { beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, ...starts } = weightOptionsConfig(
      this.#options,
    );
    return {
      ...super.getConfig(),
      axis: this.axis,
      momentum: this.momentum,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      ...starts,
      moving_mean_initializer: initializers.serialize(this.#movingMeanInitializer),
      moving_variance_initializer: initializers.serialize(this.#movingVarianceInitializer),
      beta_regularizer: beta_regularizer ?? null,
      gamma_regularizer: gamma_regularizer ?? null,
      beta_constraint: beta_constraint ?? null,
      gamma_constraint: gamma_constraint ?? null,
      synchronized: false,
      renorm: this.renorm,
      renorm_clipping: this.#renormClipping,
      renorm_momentum: this.#renormMomentum,
    };
  }

  /** x·a + b with one a and b a channel: of moving statistics they are known before x is, and a plan folds them away. */
  #normalize(x: Value, mean: Value, variance: Value): Value {
    const inverse = ops.rsqrt(ops.add(variance, this.epsilon));
    const { gamma, beta } = this;
    const a = gamma ? ops.multiply(inverse, gamma) : inverse;
    const shift = ops.multiply(ops.negative(mean), a);
    const b = beta ? ops.add(shift, beta) : shift;
    return ops.add(ops.multiply(x, this.#alongAxis(a, x)), this.#alongAxis(b, x));
  }

  /** `[channels]` as `[1, …, channels, …, 1]`, where the axis is not the last. */
  #alongAxis(v: Value, x: Value): Value {
    const rank = shapeOf(x).length;
    const axis = this.axis < 0 ? this.axis + rank : this.axis;
    if (axis === rank - 1) return v;
    return ops.reshape(
      v,
      shapeOf(x).map((n, i) => (i === axis ? n : 1)),
    );
  }

  #reducedAxes(x: Value): number[] {
    const rank = shapeOf(x).length;
    const kept = this.axis < 0 ? this.axis + rank : this.axis;
    return shapeOf(x).flatMap((_, i) => (i === kept ? [] : [i]));
  }

  #moments(x: Value): { mean: Value; variance: Value } {
    const axis = this.#reducedAxes(x);
    return { mean: ops.mean(x, { axis }), variance: ops.variance(x, { axis }) };
  }

  /** Over the steps that count. Source: `keras.layers.BatchNormalization._moments`. */
  #maskedMoments(x: Value, mask: Value): { mean: Value; variance: Value } {
    const options = { axis: this.#reducedAxes(x), keepdims: true };
    const counts = ops.broadcastTo(ops.expandDims(mask, -1), shapeOf(x));
    const total = ops.add(ops.sum(counts, options), fuzz());
    const mean = ops.divide(ops.sum(ops.where(counts, x, 0), options), total);
    const distance = ops.where(counts, ops.subtract(x, mean), 0);
    const variance = ops.divide(ops.sum(ops.square(distance), options), total);
    return { mean: ops.reshape(mean, [-1]), variance: ops.reshape(variance, [-1]) };
  }

  #follow(moving: KerasVariable, batch: Value): void {
    const next = ops.add(ops.multiply(moving, this.momentum), ops.multiply(batch, 1 - this.momentum));
    moving.assign(asTensor(next));
  }
}

function numberOf(value: unknown, name: string): number {
  if (typeof value === "number") return value;
  throw new ValueError(`\`${name}\` must be a number. Received: ${name}=${formatValue(value)}`);
}

function standardizeClipping(given: BatchNormalizationArgs["renormClipping"]): KerasConfig {
  const clipping: KerasConfig = { ...given };
  const keys = ["rmax", "rmin", "dmax"];
  if (Object.keys(clipping).some((key) => !keys.includes(key))) {
    throw new ValueError(
      `Received invalid keys for \`renorm_clipping\` argument. Supported values: ${keys.join(", ")}. Received: renorm_clipping=${formatValue(clipping)}`,
    );
  }
  const { rmax, rmin, dmax } = given ?? {};
  if (rmax !== undefined && rmin !== undefined && rmax < rmin)
    throw new ValueError(
      `rmax should be greater than rmin in the \`renorm_clipping\` argument. Received: rmax=${rmax}, rmin=${rmin}`,
    );
  if (dmax !== undefined && dmax < 0)
    throw new ValueError(`dmax should be non-negative in the \`renorm_clipping\` argument. Received: dmax=${dmax}`);
  return clipping;
}

/** Makes a `BatchNormalization`, or adds it to a model, or calls it on tensors or symbols. */
export const batchNormalization = factory(BatchNormalization);
