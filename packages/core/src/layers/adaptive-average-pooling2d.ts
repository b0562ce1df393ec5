/** AdaptiveAveragePooling2D (Keras: `keras.layers.AdaptiveAveragePooling2D`). */

import { type AdaptivePoolOptions, adaptiveAveragePool } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { type AdaptivePoolingArgs, BaseAdaptivePooling } from "./base-adaptive-pooling.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** The mean of each window: input `[batch, rows, columns, channels]` → `[batch, ...outputSize, channels]`. */
export class AdaptiveAveragePooling2D extends BaseAdaptivePooling {
  static override readonly className = "AdaptiveAveragePooling2D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "averaged";

  constructor(args: AdaptivePoolingArgs) {
    super(2, args);
  }

  protected override pool(x: Value, outputSize: readonly number[], options: AdaptivePoolOptions): Value {
    return adaptiveAveragePool(x, outputSize, options);
  }
}

/** Makes a `AdaptiveAveragePooling2D`, or adds it to a model, or calls it on tensors or symbols. */
export const adaptiveAveragePooling2d = factory(AdaptiveAveragePooling2D);
