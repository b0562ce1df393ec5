/** ConvLSTM2D (Keras: `keras.layers.ConvLSTM2D`). */

import { BaseConvLSTM, type ConvLSTMArgs } from "./base-conv-lstm.ts";
import { factory } from "./compose.ts";

/** Convolutional LSTM over images, `[batch, steps, height, width, channels]`. */
export class ConvLSTM2D extends BaseConvLSTM {
  static override readonly className = "ConvLSTM2D";
  static readonly pure = true;

  constructor(args: ConvLSTMArgs) {
    super(2, args);
  }
}

/** Makes a `ConvLSTM2D`, or adds it to a model, or calls it on tensors or symbols. */
export const convLstm2d = factory(ConvLSTM2D);
