/** Conv2D (Keras: `keras.layers.Conv2D`). */

import type { ConvArgs } from "./base-conv.ts";
import { factory } from "./compose.ts";
import { HookedConv } from "./hooked-conv.ts";
import type { IntegerUse } from "./integers.ts";

/** 2-D convolution: input `[batch, rows, columns, channels]` → `[batch, newRows, newColumns, filters]`. */
export class Conv2D extends HookedConv {
  static override readonly className = "Conv2D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";

  constructor(args: ConvArgs) {
    super(2, args);
  }
}

/** Makes a `Conv2D`, or adds it to a model, or calls it on tensors or symbols. */
export const conv2d = factory(Conv2D);
