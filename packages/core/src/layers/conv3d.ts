/** Conv3D (Keras: `keras.layers.Conv3D`). */
import type { ConvArgs } from "./base-conv.ts";
import { HookedConv } from "./hooked-conv.ts";

/** 3-D convolution: input `[batch, depth, rows, columns, channels]` → `[batch, newDepth, newRows, newColumns, filters]`. */
export class Conv3D extends HookedConv {
  static override readonly className = "Conv3D";
  static readonly pure = true;

  constructor(args: ConvArgs) {
    super(3, args);
  }
}
