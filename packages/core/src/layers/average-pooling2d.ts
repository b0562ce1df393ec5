/** AveragePooling2D (Keras: `keras.layers.AveragePooling2D`). */

import { averagePool, type PoolOptions } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { type AveragePoolingArgs, BasePooling } from "./base-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The mean of each window's elements inside the input: `[batch, rows, columns, channels]` → `[batch, newRows, newColumns, channels]`. */
export class AveragePooling2D extends BasePooling {
  static override readonly className = "AveragePooling2D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "averaged";

  constructor(args: AveragePoolingArgs) {
    super(2, args);
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return averagePool(x, poolSize, options);
  }
}

/** Makes a `AveragePooling2D`, or adds it to a model, or calls it on tensors or symbols. */
export const averagePooling2d = factory(AveragePooling2D);
