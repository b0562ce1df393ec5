/** PReLU (Keras: `keras.layers.PReLU`). */

import { relu } from "../activations/index.ts";
import type { ConstraintIdentifier } from "../constraints/index.ts";
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { InitializerIdentifier } from "../initializers/index.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { RegularizerIdentifier } from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { sizeOfAxis } from "./axis-size.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { readWeightOptions, type WeightOptions, weightOptionsConfig, weightSpec } from "./weight-options.ts";

export interface PReLUArgs extends LayerArgs {
  /** Default `"Zeros"`. */
  readonly alphaInitializer?: InitializerIdentifier;
  readonly alphaRegularizer?: RegularizerIdentifier;
  readonly alphaConstraint?: ConstraintIdentifier;
  /** Axes (from 1) along which one slope is used; a number means one axis. Default none. */
  readonly sharedAxes?: number | readonly number[] | null;
}

/** `x > 0 ? x : alpha·x`. Weight: `alpha` of the shape of one sample, with 1 on the shared axes. */
export class PReLU extends Layer {
  static override readonly className = "PReLU";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    "alphaInitializer",
    "alphaRegularizer",
    "alphaConstraint",
    "sharedAxes",
  ];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "averaged";
  readonly sharedAxes: readonly number[] | null;
  readonly #options: Record<"alpha", WeightOptions>;
  #alpha: KerasVariable | null = null;

  constructor(args: PReLUArgs = {}) {
    super(args);
    this.#options = readWeightOptions(args, { alpha: "Zeros" });
    this.sharedAxes = standardizeSharedAxes(args.sharedAxes);
  }

  /** Null before build. */
  get alpha(): KerasVariable | null {
    return this.#alpha;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override build(inputShape: PartialShape): void {
    const shared = this.sharedAxes ?? [];
    const rank = inputShape.length;
    // As Python indexes the shape of one sample: axis 0 is its last.
    const positions = shared.map((axis) => (axis <= 0 ? axis - 1 + rank : axis));
    if (positions.some((position) => position < 1 || position >= rank)) {
      throw new ValueError(
        `Layer '${this.name}': a shared axis is out of bounds. Received: shared_axes=${formatValue(shared)}, input_shape=${formatShape(inputShape)}`,
      );
    }
    const shape = Array.from({ length: Math.max(rank - 1, 0) }, (_, i) =>
      positions.includes(i + 1) ? 1 : sizeOfAxis(inputShape, i + 1, this.name, "alpha", inputShape.slice(1)),
    );
    this.#alpha = this.addWeight(weightSpec("alpha", shape, this.#options.alpha));
    const fixed = shared.length === 0 ? [] : shape.map((_, i) => i + 1).filter((i) => !shared.includes(i));
    this.inputSpec = {
      ndim: rank,
      axes: Object.fromEntries(fixed.flatMap((i) => (inputShape[i] === null ? [] : [[i, inputShape[i] ?? 0]]))),
    };
    super.build(inputShape);
  }

  override call(inputs: Value): Value {
    const alpha = this.#alpha;
    if (!alpha) throw new ValueError(`Layer '${this.name}' was called before it was built.`);
    const below = ops.multiply(ops.negative(alpha), relu(ops.negative(inputs)));
    return ops.add(relu(inputs), below);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    return [...inputShape];
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      ...weightOptionsConfig(this.#options),
      shared_axes: this.sharedAxes ? [...this.sharedAxes] : null,
    };
  }
}

function standardizeSharedAxes(given: PReLUArgs["sharedAxes"]): readonly number[] | null {
  if (given === undefined || given === null) return null;
  const axes: readonly unknown[] = Array.isArray(given) ? given : [given];
  // Keras finds out when the layer is built.
  if (!axes.every((axis) => Number.isInteger(axis)))
    throw new ValueError(`shared_axes must be integers. Received: shared_axes=${formatValue(given)}`);
  return axes.map(Number);
}

/** Makes a `PReLU`, or adds it to a model, or calls it on tensors or symbols. */
export const prelu = factory(PReLU);
