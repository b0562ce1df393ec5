/** DepthwiseConv1D (Keras: `keras.layers.DepthwiseConv1D`). */
import { factory } from "./compose.ts";
import { DepthwiseConv, type DepthwiseConvArgs } from "./depthwise-conv.ts";

/** 1-D depthwise convolution: input `[batch, steps, channels]` → `[batch, newSteps, channels·depthMultiplier]`. */
export class DepthwiseConv1D extends DepthwiseConv {
  static override readonly className = "DepthwiseConv1D";
  static readonly pure = true;

  constructor(args: DepthwiseConvArgs) {
    super(1, args);
  }
}

/** Makes a `DepthwiseConv1D`, or adds it to a model, or calls it on tensors or symbols. */
export const depthwiseConv1d = factory(DepthwiseConv1D);
