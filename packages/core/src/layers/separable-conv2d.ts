/** SeparableConv2D (Keras: `keras.layers.SeparableConv2D`). */
import { SeparableConv, type SeparableConvArgs } from "./separable-conv.ts";

/** 2-D separable convolution: input `[batch, height, width, channels]` → `[batch, newHeight, newWidth, filters]`. */
export class SeparableConv2D extends SeparableConv {
  static override readonly className = "SeparableConv2D";
  static readonly pure = true;

  constructor(args: SeparableConvArgs) {
    super(2, args);
  }
}
