/** AdaptiveMaxPooling2D (Keras: `keras.layers.AdaptiveMaxPooling2D`). */

import { type AdaptivePoolOptions, adaptiveMaxPool } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { type AdaptivePoolingArgs, BaseAdaptivePooling } from "./base-adaptive-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The largest element of each window: input `[batch, rows, columns, channels]` → `[batch, ...outputSize, channels]`. */
export class AdaptiveMaxPooling2D extends BaseAdaptivePooling {
  static override readonly className = "AdaptiveMaxPooling2D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";

  constructor(args: AdaptivePoolingArgs) {
    super(2, args);
  }

  protected override pool(x: Value, outputSize: readonly number[], options: AdaptivePoolOptions): Value {
    return adaptiveMaxPool(x, outputSize, options);
  }
}

/** Makes a `AdaptiveMaxPooling2D`, or adds it to a model, or calls it on tensors or symbols. */
export const adaptiveMaxPooling2d = factory(AdaptiveMaxPooling2D);
