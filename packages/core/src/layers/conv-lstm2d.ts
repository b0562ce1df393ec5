/** ConvLSTM2D (Keras: `keras.layers.ConvLSTM2D`). */
import { BaseConvLSTM, type ConvLSTMArgs } from "./base-conv-lstm.ts";

/** Convolutional LSTM over images, `[batch, steps, height, width, channels]`. */
export class ConvLSTM2D extends BaseConvLSTM {
  static override readonly className = "ConvLSTM2D";
  static readonly pure = true;

  constructor(args: ConvLSTMArgs) {
    super(2, args);
  }
}
