/** Conv1D (Keras: `keras.layers.Conv1D`), the only convolution that may be causal. */

import { causalConv, conv } from "../ops/nn.ts";
import type { Value } from "../ops/value.ts";
import { BaseConv, type ConvArgs } from "./base-conv.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";

/** Arguments of Conv1D, named as in Keras. With `padding: "causal"` no output depends on later inputs. */
export type Conv1DArgs = ConvArgs<"valid" | "same" | "causal">;

/** 1-D convolution: input `[batch, steps, channels]` → `[batch, newSteps, filters]`. */
export class Conv1D extends BaseConv<"valid" | "same" | "causal"> {
  static override readonly className = "Conv1D";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";

  constructor(args: Conv1DArgs) {
    super(1, args, ["valid", "same", "causal"]);
  }

  protected override convolve(inputs: Value): Value {
    const { padding, spatialOptions } = this;
    const kernel = this.kernelFor(inputs);
    return padding === "causal"
      ? causalConv(inputs, kernel, spatialOptions)
      : conv(inputs, kernel, { ...spatialOptions, padding });
  }
}

/** Makes a `Conv1D`, or adds it to a model, or calls it on tensors or symbols. */
export const conv1d = factory(Conv1D);
