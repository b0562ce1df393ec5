/** ConvLSTM1D (Keras: `keras.layers.ConvLSTM1D`). */

import { BaseConvLSTM, type ConvLSTMArgs } from "./base-conv-lstm.ts";
import { factory } from "./compose.ts";

/** Convolutional LSTM over rows, `[batch, steps, length, channels]`. */
export class ConvLSTM1D extends BaseConvLSTM {
  static override readonly className = "ConvLSTM1D";
  static readonly pure = true;

  constructor(args: ConvLSTMArgs) {
    super(1, args);
  }
}

/** Makes a `ConvLSTM1D`, or adds it to a model, or calls it on tensors or symbols. */
export const convLstm1d = factory(ConvLSTM1D);
