/** ConvLSTM3D (Keras: `keras.layers.ConvLSTM3D`). */
import { BaseConvLSTM, type ConvLSTMArgs } from "./base-conv-lstm.ts";

/** Convolutional LSTM over volumes, `[batch, steps, depth, height, width, channels]`. */
export class ConvLSTM3D extends BaseConvLSTM {
  static override readonly className = "ConvLSTM3D";
  static readonly pure = true;

  constructor(args: ConvLSTMArgs) {
    super(3, args);
  }
}
