/** DepthwiseConv2D (Keras: `keras.layers.DepthwiseConv2D`). */
import { factory } from "./compose.ts";
import { DepthwiseConv, type DepthwiseConvArgs } from "./depthwise-conv.ts";

/** 2-D depthwise convolution: input `[batch, height, width, channels]` → `[batch, newHeight, newWidth, channels·depthMultiplier]`. */
export class DepthwiseConv2D extends DepthwiseConv {
  static override readonly className = "DepthwiseConv2D";
  static readonly pure = true;

  constructor(args: DepthwiseConvArgs) {
    super(2, args);
  }
}

/** Makes a `DepthwiseConv2D`, or adds it to a model, or calls it on tensors or symbols. */
export const depthwiseConv2d = factory(DepthwiseConv2D);
