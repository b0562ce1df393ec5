/** GlobalAveragePooling2D (Keras: `keras.layers.GlobalAveragePooling2D`). */

import { mean } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { BaseGlobalPooling, type GlobalPoolingArgs } from "./base-global-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The mean of each channel: input `[batch, rows, columns, channels]` → `[batch, channels]`. */
export class GlobalAveragePooling2D extends BaseGlobalPooling {
  static override readonly className = "GlobalAveragePooling2D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";

  constructor(args: GlobalPoolingArgs = {}) {
    super(2, args);
  }

  override call(inputs: Value): Value {
    return mean(inputs, this.reduction);
  }
}

/** Makes a `GlobalAveragePooling2D`, or adds it to a model, or calls it on tensors or symbols. */
export const globalAveragePooling2d = factory(GlobalAveragePooling2D);
