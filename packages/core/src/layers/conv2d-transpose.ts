/** Conv2DTranspose (Keras: `keras.layers.Conv2DTranspose`). */

import { BaseConvTranspose, type ConvTransposeArgs } from "./base-conv-transpose.ts";
import { factory } from "./compose.ts";

/** 2-D transposed convolution: input `[batch, rows, columns, channels]` → `[batch, newRows, newColumns, filters]`. */
export class Conv2DTranspose extends BaseConvTranspose {
  static override readonly className = "Conv2DTranspose";
  static readonly pure = true;

  constructor(args: ConvTransposeArgs) {
    super(2, args);
  }
}

/** Makes a `Conv2DTranspose`, or adds it to a model, or calls it on tensors or symbols. */
export const conv2dTranspose = factory(Conv2DTranspose);
