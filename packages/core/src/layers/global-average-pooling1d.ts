/** GlobalAveragePooling1D (Keras: `keras.layers.GlobalAveragePooling1D`), the only pooling that looks at a mask. */

import { divide, expandDims, mean, sum, where } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { BaseGlobalPooling, type GlobalPoolingArgs } from "./base-global-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import type { CallOptions } from "./layer-args.ts";
import { maskOption } from "./mask-option.ts";

/**
 * The mean of each channel: input `[batch, steps, channels]` → `[batch, channels]`. With a mask `[batch, steps]` the mean of the
 * steps that count, NaN where none does; the mask ends here.
 */
export class GlobalAveragePooling1D extends BaseGlobalPooling {
  static override readonly className = "GlobalAveragePooling1D";
  static override readonly takesMask = true;
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";

  constructor(args: GlobalPoolingArgs = {}) {
    super(1, args);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override computeMask(): null {
    return null;
  }

  override call(inputs: Value, options: CallOptions): Value {
    const mask = maskOption(options);
    if (!mask) return mean(inputs, this.reduction);
    const counts = expandDims(mask, this.dataFormat === "channels_last" ? 2 : 1);
    const ones = where(counts, 1, 0);
    return divide(sum(where(counts, inputs, 0), this.reduction), sum(ones, this.reduction));
  }
}

/** Makes a `GlobalAveragePooling1D`, or adds it to a model, or calls it on tensors or symbols. */
export const globalAveragePooling1d = factory(GlobalAveragePooling1D);
