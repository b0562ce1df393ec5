/** Conv3DTranspose (Keras: `keras.layers.Conv3DTranspose`). */

import { BaseConvTranspose, type ConvTransposeArgs } from "./base-conv-transpose.ts";
import { factory } from "./compose.ts";

/** 3-D transposed convolution: input `[batch, depth, rows, columns, channels]` → `[batch, newDepth, newRows, newColumns, filters]`. */
export class Conv3DTranspose extends BaseConvTranspose {
  static override readonly className = "Conv3DTranspose";
  static readonly pure = true;

  constructor(args: ConvTransposeArgs) {
    super(3, args);
  }
}

/** Makes a `Conv3DTranspose`, or adds it to a model, or calls it on tensors or symbols. */
export const conv3dTranspose = factory(Conv3DTranspose);
