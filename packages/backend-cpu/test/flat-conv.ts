import type { ConvOp } from "@keras-ts/core";

/** A 1-D convolution of few channels that tests vary. */
export const FLAT_CONV: ConvOp = {
  kind: "conv",
  kernelSize: [3],
  strides: [1],
  dilation: [1],
  padding: [[1, 1]],
  groups: 1,
  inChannels: 7,
  outChannels: 13,
  bias: true,
  activation: { name: "tanh", params: [] },
};
