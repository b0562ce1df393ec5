/** GroupNormalization (Keras: `keras.layers.GroupNormalization`). */

import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import {
  AFFINE_ARGUMENTS,
  type AffineArgs,
  type AffineOptions,
  affineSpecs,
  readAffineOptions,
} from "./affine-args.ts";
import { assertAxis } from "./axis-size.ts";
import { factory } from "./compose.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type PartialShape, type Shapes } from "./layer-args.ts";
import { weightOptionsConfig } from "./weight-options.ts";

export interface GroupNormalizationArgs extends AffineArgs {
  /** Equal parts that the channels are split in; −1 for one a channel. Default 32. */
  readonly groups?: number;
  /** The axis of the channels. Default −1. */
  readonly axis?: number;
}

/**
 * `(x − mean) / √(variance + epsilon) · gamma + beta`, with mean and (biased) variance of each sample over the positions and the
 * channels of a group. Weights: `gamma` (if `scale`) and `beta` (if `center`), `[channels]`.
 */
export class GroupNormalization extends Layer {
  static override readonly className = "GroupNormalization";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    ...AFFINE_ARGUMENTS,
    "groups",
    "axis",
  ];
  static readonly pure = true;
  readonly axis: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #options: AffineOptions;
  #groups: number;
  #gamma: KerasVariable | null = null;
  #beta: KerasVariable | null = null;

  constructor(args: GroupNormalizationArgs = {}) {
    const groups: unknown = args?.groups === undefined ? 32 : args.groups;
    if (!Number.isInteger(groups) || (Number(groups) <= 0 && groups !== -1)) {
      throw new ValueError(
        `Received an invalid value for argument \`groups\`, expected a positive integer (or \`-1\` for instance normalization). Received: groups=${formatValue(groups)}`,
      );
    }
    super(args);
    this.#groups = Number(groups);
    const axis: unknown = args.axis ?? -1;
    // Keras finds out when the layer is built.
    if (!Number.isInteger(axis))
      throw new ValueError(`\`axis\` must be an integer. Received: axis=${formatValue(axis)}`);
    this.axis = Number(axis);
    this.epsilon = args.epsilon ?? 0.001;
    this.center = args.center ?? true;
    this.scale = args.scale ?? true;
    this.#options = readAffineOptions(args);
  }

  /** As given; once built, −1 is the number of channels. */
  get groups(): number {
    return this.#groups;
  }

  get gamma(): KerasVariable | null {
    return this.#gamma;
  }

  get beta(): KerasVariable | null {
    return this.#beta;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override build(inputShape: PartialShape): void {
    assertAxis(inputShape, this.axis, this.axis, this.name);
    if (this.axis === 0 || this.axis === -inputShape.length) {
      throw new UnsupportedError(
        `GroupNormalization '${this.name}' cannot split the batch axis in groups. Received: axis=${this.axis}, input_shape=${formatShape(inputShape)}`,
      );
    }
    const channels = inputShape.at(this.axis) ?? null;
    if (channels === null) {
      throw new ValueError(
        `Axis ${this.axis} of input tensor should have a defined dimension but the layer received an input with shape ${formatShape(inputShape)}.`,
      );
    }
    const groups = this.#groups === -1 ? channels : this.#groups;
    if (channels < groups)
      throw new ValueError(`Number of groups (${groups}) cannot be more than the number of channels (${channels}).`);
    if (channels % groups !== 0)
      throw new ValueError(`Number of groups (${groups}) must be a multiple of the number of channels (${channels}).`);
    const has = { gamma: this.scale, beta: this.center };
    const made = this.addWeights(affineSpecs(this.#options, [channels], has));
    this.#groups = groups;
    this.#gamma = (has.gamma ? made[0] : null) ?? null;
    this.#beta = (has.beta ? made.at(-1) : null) ?? null;
    this.inputSpec = { ndim: inputShape.length, axes: { [this.axis]: channels } };
    super.build(inputShape);
  }

  override call(inputs: Value): Value {
    const shape = shapeOf(inputs);
    const axis = this.axis < 0 ? this.axis + shape.length : this.axis;
    const width = (shape[axis] ?? 0) / this.#groups;
    const product = (sizes: readonly number[]) => sizes.reduce((total, n) => total * n, 1);
    const [n = 0] = shape;
    const sizes = [n, product(shape.slice(1, axis)), this.#groups, width, product(shape.slice(axis + 1))];
    const grouped = ops.reshape(inputs, sizes); // [n, before, groups, width, after]
    const options = { axis: [1, 3, 4], keepdims: true };
    const alongAxis = (weight: KerasVariable) => ops.reshape(weight, [1, 1, this.#groups, width, 1]);
    const inverse = ops.rsqrt(ops.add(ops.variance(grouped, options), this.epsilon));
    const a = this.#gamma ? ops.multiply(inverse, alongAxis(this.#gamma)) : inverse;
    const shift = ops.multiply(ops.negative(ops.mean(grouped, options)), a);
    const b = this.#beta ? ops.add(shift, alongAxis(this.#beta)) : shift;
    return ops.reshape(ops.add(ops.multiply(grouped, a), b), [...shape]);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    assertAxis(inputShape, this.axis, this.axis, this.name);
    return [...inputShape];
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      groups: this.#groups,
      axis: this.axis,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      ...weightOptionsConfig(this.#options),
    };
  }
}

/** Makes a `GroupNormalization`, or adds it to a model, or calls it on tensors or symbols. */
export const groupNormalization = factory(GroupNormalization);
