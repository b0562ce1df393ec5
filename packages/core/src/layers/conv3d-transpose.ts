/** Conv3DTranspose (Keras: `keras.layers.Conv3DTranspose`). */
import { BaseConvTranspose, type ConvTransposeArgs } from "./base-conv-transpose.ts";

/** 3-D transposed convolution: input `[batch, depth, rows, columns, channels]` → `[batch, newDepth, newRows, newColumns, filters]`. */
export class Conv3DTranspose extends BaseConvTranspose {
  static override readonly className = "Conv3DTranspose";
  static readonly pure = true;

  constructor(args: ConvTransposeArgs) {
    super(3, args);
  }
}
