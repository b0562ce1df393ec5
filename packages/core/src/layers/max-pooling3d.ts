/** MaxPooling3D (Keras: `keras.layers.MaxPooling3D`). */

import { maxPool, type PoolOptions } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { BasePooling, type MaxPoolingArgs } from "./base-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The largest element of each window: input `[batch, depth, rows, columns, channels]` → `[batch, newDepth, newRows, newColumns, channels]`. A NaN wins. */
export class MaxPooling3D extends BasePooling {
  static override readonly className = "MaxPooling3D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";

  constructor(args: MaxPoolingArgs = {}) {
    super(3, { ...args, poolSize: args.poolSize === undefined ? 2 : args.poolSize });
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return maxPool(x, poolSize, options);
  }
}

/** Makes a `MaxPooling3D`, or adds it to a model, or calls it on tensors or symbols. */
export const maxPooling3d = factory(MaxPooling3D);
