/** DepthwiseConv1D (Keras: `keras.layers.DepthwiseConv1D`). */
import { DepthwiseConv, type DepthwiseConvArgs } from "./depthwise-conv.ts";

/** 1-D depthwise convolution: input `[batch, steps, channels]` → `[batch, newSteps, channels·depthMultiplier]`. */
export class DepthwiseConv1D extends DepthwiseConv {
  static override readonly className = "DepthwiseConv1D";
  static readonly pure = true;

  constructor(args: DepthwiseConvArgs) {
    super(1, args);
  }
}
