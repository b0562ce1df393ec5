/** SeparableConv1D (Keras: `keras.layers.SeparableConv1D`). */
import { factory } from "./compose.ts";
import { SeparableConv, type SeparableConvArgs } from "./separable-conv.ts";

/** 1-D separable convolution: input `[batch, steps, channels]` → `[batch, newSteps, filters]`. */
export class SeparableConv1D extends SeparableConv {
  static override readonly className = "SeparableConv1D";
  static readonly pure = true;

  constructor(args: SeparableConvArgs) {
    super(1, args);
  }
}

/** Makes a `SeparableConv1D`, or adds it to a model, or calls it on tensors or symbols. */
export const separableConv1d = factory(SeparableConv1D);
