/** AdaptiveMaxPooling1D (Keras: `keras.layers.AdaptiveMaxPooling1D`). */

import { type AdaptivePoolOptions, adaptiveMaxPool } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { type AdaptivePoolingArgs, BaseAdaptivePooling } from "./base-adaptive-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The largest element of each window: input `[batch, steps, channels]` → `[batch, ...outputSize, channels]`. */
export class AdaptiveMaxPooling1D extends BaseAdaptivePooling {
  static override readonly className = "AdaptiveMaxPooling1D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";

  constructor(args: AdaptivePoolingArgs) {
    super(1, args);
  }

  protected override pool(x: Value, outputSize: readonly number[], options: AdaptivePoolOptions): Value {
    return adaptiveMaxPool(x, outputSize, options);
  }
}

/** Makes a `AdaptiveMaxPooling1D`, or adds it to a model, or calls it on tensors or symbols. */
export const adaptiveMaxPooling1d = factory(AdaptiveMaxPooling1D);
