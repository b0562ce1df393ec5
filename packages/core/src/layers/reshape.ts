/** Reshape (Keras: `keras.layers.Reshape`). */

import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { StatelessLayer } from "./stateless-layer.ts";

export interface ReshapeArgs extends LayerArgs {
  /** The new shape of a sample; one −1 is filled in. */
  readonly targetShape: readonly number[];
}

/** `[batch, …]` → `[batch, ...targetShape]`, the same elements in row-major order. */
export class Reshape extends StatelessLayer {
  static override readonly className = "Reshape";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "targetShape"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "shown";
  readonly targetShape: readonly number[];

  constructor(args: ReshapeArgs) {
    super(args);
    this.targetShape = standardizeTarget(args.targetShape);
  }

  override get supportsMasking(): boolean {
    return false;
  }

  override call(inputs: Value): Value {
    const [batch = 0, ...sizes] = shapeOf(inputs);
    const target = this.#resolve(sizes).map((n) => n ?? -1);
    return ops.reshape(inputs, [batch, ...target]);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    const [batch = null, ...sizes] = inputShape;
    return [batch, ...this.#resolve(sizes)];
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), target_shape: [...this.targetShape] };
  }

  /** The new sizes of samples of these. Source: `keras.src.ops.operation_utils.compute_reshape_output_shape`. */
  #resolve(sizes: PartialShape): (number | null)[] {
    const target = this.targetShape;
    if (sizes.includes(null)) return target.map((n) => (n === -1 ? null : n));
    const size = product(sizes);
    const known = product(target.filter((n) => n !== -1));
    const fill = size / known;
    if (target.includes(-1) ? Number.isInteger(fill) : size === known) return target.map((n) => (n === -1 ? fill : n));
    throw new ValueError(
      `Layer '${this.name}': the total size of the tensor must be unchanged. Received: input_shape=${formatShape(sizes)}, target_shape=${formatShape(target)}`,
    );
  }
}

function product(sizes: PartialShape): number {
  return sizes.reduce<number>((total, n) => total * (n ?? 1), 1);
}

function standardizeTarget(value: unknown): readonly number[] {
  const refuse = (rule: string): never => {
    throw new ValueError(`${rule} Received: target_shape=${formatValue(value)}.`);
  };
  if (!Array.isArray(value)) return refuse("`target_shape` must be a list of sizes.");
  if (value.some((n) => !Number.isInteger(n) || n < -1))
    return refuse(
      "Each dimension in `target_shape` must be a non-negative integer, or `-1` for a single unknown dimension.",
    );
  if (value.filter((n) => n === -1).length > 1)
    return refuse("There must be at most one unknown dimension (-1) in `target_shape`.");
  return value.map(Number);
}

/** Makes a `Reshape`, or adds it to a model, or calls it on tensors or symbols. */
export const reshape = factory(Reshape);
