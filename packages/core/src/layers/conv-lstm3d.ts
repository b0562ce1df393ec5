/** ConvLSTM3D (Keras: `keras.layers.ConvLSTM3D`). */

import { BaseConvLSTM, type ConvLSTMArgs } from "./base-conv-lstm.ts";
import { factory } from "./compose.ts";

/** Convolutional LSTM over volumes, `[batch, steps, depth, height, width, channels]`. */
export class ConvLSTM3D extends BaseConvLSTM {
  static override readonly className = "ConvLSTM3D";
  static readonly pure = true;

  constructor(args: ConvLSTMArgs) {
    super(3, args);
  }
}

/** Makes a `ConvLSTM3D`, or adds it to a model, or calls it on tensors or symbols. */
export const convLstm3d = factory(ConvLSTM3D);
