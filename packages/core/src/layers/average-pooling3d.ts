/** AveragePooling3D (Keras: `keras.layers.AveragePooling3D`). */

import { averagePool, type PoolOptions } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { type AveragePoolingArgs, BasePooling } from "./base-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The mean of each window's elements inside the input: `[batch, depth, rows, columns, channels]` → `[batch, newDepth, newRows, newColumns, channels]`. */
export class AveragePooling3D extends BasePooling {
  static override readonly className = "AveragePooling3D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "averaged";

  constructor(args: AveragePoolingArgs) {
    super(3, args);
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return averagePool(x, poolSize, options);
  }
}

/** Makes a `AveragePooling3D`, or adds it to a model, or calls it on tensors or symbols. */
export const averagePooling3d = factory(AveragePooling3D);
