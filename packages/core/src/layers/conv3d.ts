/** Conv3D (Keras: `keras.layers.Conv3D`). */

import type { ConvArgs } from "./base-conv.ts";
import { factory } from "./compose.ts";
import { HookedConv } from "./hooked-conv.ts";
import type { IntegerUse } from "./integers.ts";

/** 3-D convolution: input `[batch, depth, rows, columns, channels]` → `[batch, newDepth, newRows, newColumns, filters]`. */
export class Conv3D extends HookedConv {
  static override readonly className = "Conv3D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";

  constructor(args: ConvArgs) {
    super(3, args);
  }
}

/** Makes a `Conv3D`, or adds it to a model, or calls it on tensors or symbols. */
export const conv3d = factory(Conv3D);
