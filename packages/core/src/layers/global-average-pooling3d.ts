/** GlobalAveragePooling3D (Keras: `keras.layers.GlobalAveragePooling3D`). */

import { mean } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { BaseGlobalPooling, type GlobalPoolingArgs } from "./base-global-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The mean of each channel: input `[batch, depth, rows, columns, channels]` → `[batch, channels]`. */
export class GlobalAveragePooling3D extends BaseGlobalPooling {
  static override readonly className = "GlobalAveragePooling3D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";

  constructor(args: GlobalPoolingArgs = {}) {
    super(3, args);
  }

  override call(inputs: Value): Value {
    return mean(inputs, this.reduction);
  }
}

/** Makes a `GlobalAveragePooling3D`, or adds it to a model, or calls it on tensors or symbols. */
export const globalAveragePooling3d = factory(GlobalAveragePooling3D);
