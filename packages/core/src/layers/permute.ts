/** Permute (Keras: `keras.layers.Permute`). */

import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";

export interface PermuteArgs extends LayerArgs {
  /** The axes of a sample in their new order, counted from 1: `[2, 1]` exchanges them. */
  readonly dims: readonly number[];
}

/** Reorders the axes of each sample. */
export class Permute extends Layer {
  static override readonly className = "Permute";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "dims"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "shown";
  readonly dims: readonly number[];

  constructor(args: PermuteArgs) {
    super(args);
    const dims: unknown = args.dims;
    if (!Array.isArray(dims) || [...dims].sort((a, b) => a - b).some((axis, i) => axis !== i + 1)) {
      throw new ValueError(
        `Invalid permutation argument \`dims\` for Permute Layer. The set of indices in \`dims\` must be consecutive and start from 1. Received: dims=${formatValue(dims)}`,
      );
    }
    this.dims = dims.map(Number);
    this.inputSpec = { ndim: this.dims.length + 1 };
  }

  override call(inputs: Value): Value {
    return ops.transpose(inputs, [0, ...this.dims]);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    if (inputShape.length !== this.dims.length + 1) {
      throw new ValueError(
        `Layer '${this.name}' takes inputs of rank ${this.dims.length + 1}. Received: input_shape=${formatShape(inputShape)}, dims=${formatValue(this.dims)}`,
      );
    }
    return [inputShape[0] ?? null, ...this.dims.map((axis) => inputShape[axis] ?? null)];
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), dims: [...this.dims] };
  }
}

/** Makes a `Permute`, or adds it to a model, or calls it on tensors or symbols. */
export const permute = factory(Permute);
