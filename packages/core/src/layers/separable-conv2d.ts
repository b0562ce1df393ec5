/** SeparableConv2D (Keras: `keras.layers.SeparableConv2D`). */
import { factory } from "./compose.ts";
import { SeparableConv, type SeparableConvArgs } from "./separable-conv.ts";

/** 2-D separable convolution: input `[batch, height, width, channels]` → `[batch, newHeight, newWidth, filters]`. */
export class SeparableConv2D extends SeparableConv {
  static override readonly className = "SeparableConv2D";
  static readonly pure = true;

  constructor(args: SeparableConvArgs) {
    super(2, args);
  }
}

/** Makes a `SeparableConv2D`, or adds it to a model, or calls it on tensors or symbols. */
export const separableConv2d = factory(SeparableConv2D);
