/** GlobalMaxPooling1D (Keras: `keras.layers.GlobalMaxPooling1D`). */

import { max } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { BaseGlobalPooling, type GlobalPoolingArgs } from "./base-global-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The largest element of each channel: input `[batch, steps, channels]` → `[batch, channels]`. */
export class GlobalMaxPooling1D extends BaseGlobalPooling {
  static override readonly className = "GlobalMaxPooling1D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";

  constructor(args: GlobalPoolingArgs = {}) {
    super(1, args);
  }

  override call(inputs: Value): Value {
    return max(inputs, this.reduction);
  }
}

/** Makes a `GlobalMaxPooling1D`, or adds it to a model, or calls it on tensors or symbols. */
export const globalMaxPooling1d = factory(GlobalMaxPooling1D);
