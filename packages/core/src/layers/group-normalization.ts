/** GroupNormalization (Keras: `keras.layers.GroupNormalization`). */

import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { AFFINE_ARGUMENTS, type AffineArgs } from "./affine-args.ts";
import { AffineNormalization } from "./affine-normalization.ts";
import { assertAxis, standardizeOneAxis } from "./axis-size.ts";
import { factory } from "./compose.ts";
import { LAYER_ARGUMENTS, type PartialShape, type Shapes } from "./layer-args.ts";

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
export class GroupNormalization extends AffineNormalization {
  static override readonly className = "GroupNormalization";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    ...AFFINE_ARGUMENTS,
    "groups",
    "axis",
  ];
  static readonly pure = true;
  readonly axis: number;
  #groups: number;

  constructor(args: GroupNormalizationArgs = {}) {
    const groups: unknown = args?.groups === undefined ? 32 : args.groups;
    if (!Number.isInteger(groups) || (Number(groups) <= 0 && groups !== -1)) {
      throw new ValueError(
        `Received an invalid value for argument \`groups\`, expected a positive integer (or \`-1\` for instance normalization). Received: groups=${formatValue(groups)}`,
      );
    }
    const axis = () => standardizeOneAxis(args.axis ?? -1);
    super(args, axis);
    this.#groups = Number(groups);
    this.axis = axis();
  }

  /** As given; once built, −1 is the number of channels. */
  get groups(): number {
    return this.#groups;
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
    this.addAffine([channels], { gamma: this.scale, beta: this.center });
    this.#groups = groups;
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
    const a = this.gamma ? ops.multiply(inverse, alongAxis(this.gamma)) : inverse;
    const shift = ops.multiply(ops.negative(ops.mean(grouped, options)), a);
    const b = this.beta ? ops.add(shift, alongAxis(this.beta)) : shift;
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
      ...this.affineConfig(),
    };
  }
}

/** Makes a `GroupNormalization`, or adds it to a model, or calls it on tensors or symbols. */
export const groupNormalization = factory(GroupNormalization);
