/** GlobalMaxPooling2D (Keras: `keras.layers.GlobalMaxPooling2D`). */

import { max } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { BaseGlobalPooling, type GlobalPoolingArgs } from "./base-global-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The largest element of each channel: input `[batch, rows, columns, channels]` → `[batch, channels]`. */
export class GlobalMaxPooling2D extends BaseGlobalPooling {
  static override readonly className = "GlobalMaxPooling2D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";

  constructor(args: GlobalPoolingArgs = {}) {
    super(2, args);
  }

  override call(inputs: Value): Value {
    return max(inputs, this.reduction);
  }
}

/** Makes a `GlobalMaxPooling2D`, or adds it to a model, or calls it on tensors or symbols. */
export const globalMaxPooling2d = factory(GlobalMaxPooling2D);
