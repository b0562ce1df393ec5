/** ConvLSTM1D (Keras: `keras.layers.ConvLSTM1D`). */
import { BaseConvLSTM, type ConvLSTMArgs } from "./base-conv-lstm.ts";

/** Convolutional LSTM over rows, `[batch, steps, length, channels]`. */
export class ConvLSTM1D extends BaseConvLSTM {
  static override readonly className = "ConvLSTM1D";
  static readonly pure = true;

  constructor(args: ConvLSTMArgs) {
    super(1, args);
  }
}
