/** MaxPooling2D (Keras: `keras.layers.MaxPooling2D`). */

import { maxPool, type PoolOptions } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { BasePooling, type MaxPoolingArgs } from "./base-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The largest element of each window: input `[batch, rows, columns, channels]` → `[batch, newRows, newColumns, channels]`. A NaN wins. */
export class MaxPooling2D extends BasePooling {
  static override readonly className = "MaxPooling2D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";

  constructor(args: MaxPoolingArgs = {}) {
    super(2, { ...args, poolSize: args.poolSize === undefined ? 2 : args.poolSize });
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return maxPool(x, poolSize, options);
  }
}

/** Makes a `MaxPooling2D`, or adds it to a model, or calls it on tensors or symbols. */
export const maxPooling2d = factory(MaxPooling2D);
