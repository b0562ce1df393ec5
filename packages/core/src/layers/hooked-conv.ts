/** The convolution whose arithmetic is a method of its own, so that sub-classes may replace it (Keras: `BaseConv.convolution_op`). */
import { conv } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { BaseConv, type ConvArgs } from "./base-conv.ts";
import { VALID_OR_SAME } from "./spatial-conv.ts";

/** What Conv2D and Conv3D share. Conv1D has no such method, since Keras's does not call it. */
export abstract class HookedConv extends BaseConv {
  constructor(rank: number, args: ConvArgs) {
    super(rank, args, VALID_OR_SAME);
  }

  /** The convolution alone, in the layer's data format; bias and activation follow. To be overridden, with `keras.ops`. */
  convolutionOp(inputs: Value, kernel: Value): Value {
    return conv(inputs, kernel, { ...this.spatialOptions, padding: this.padding });
  }

  protected override convolve(inputs: Value): Value {
    return this.convolutionOp(inputs, this.kernelFor(inputs));
  }
}
