/** Conv1DTranspose (Keras: `keras.layers.Conv1DTranspose`). */

import { BaseConvTranspose, type ConvTransposeArgs } from "./base-conv-transpose.ts";
import { factory } from "./compose.ts";

/** 1-D transposed convolution: input `[batch, steps, channels]` → `[batch, newSteps, filters]`. */
export class Conv1DTranspose extends BaseConvTranspose {
  static override readonly className = "Conv1DTranspose";
  static readonly pure = true;

  constructor(args: ConvTransposeArgs) {
    super(1, args);
  }
}

/** Makes a `Conv1DTranspose`, or adds it to a model, or calls it on tensors or symbols. */
export const conv1dTranspose = factory(Conv1DTranspose);
