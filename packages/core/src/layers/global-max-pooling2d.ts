/** GlobalMaxPooling2D (Keras: `keras.layers.GlobalMaxPooling2D`). */
import { max } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { BaseGlobalPooling, type GlobalPoolingArgs } from "./base-global-pooling.ts";

/** The largest element of each channel: input `[batch, rows, columns, channels]` → `[batch, channels]`. */
export class GlobalMaxPooling2D extends BaseGlobalPooling {
  static override readonly className = "GlobalMaxPooling2D";
  static readonly pure = true;

  constructor(args: GlobalPoolingArgs = {}) {
    super(2, args);
  }

  override call(inputs: Value): Value {
    return max(inputs, this.reduction);
  }
}
