/** AveragePooling1D (Keras: `keras.layers.AveragePooling1D`). */

import { averagePool, type PoolOptions } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { type AveragePoolingArgs, BasePooling } from "./base-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The mean of each window's elements inside the input: `[batch, steps, channels]` → `[batch, newSteps, channels]`. */
export class AveragePooling1D extends BasePooling {
  static override readonly className = "AveragePooling1D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "averaged";

  constructor(args: AveragePoolingArgs) {
    super(1, args);
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return averagePool(x, poolSize, options);
  }
}

/** Makes a `AveragePooling1D`, or adds it to a model, or calls it on tensors or symbols. */
export const averagePooling1d = factory(AveragePooling1D);
