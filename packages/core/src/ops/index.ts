/** `keras.ops`: functions on tensors that record on symbols. Layers are written with these, and so can yours be. */
export {
  abs,
  add,
  affine,
  clip,
  divide,
  equal,
  exp,
  greater,
  log,
  maximum,
  minimum,
  multiply,
  negative,
  reciprocal,
  sqrt,
  square,
  subtract,
  unary,
} from "./elementwise.ts";
export {
  type ConvOptions,
  conv,
  depthwiseConv,
  inChannelsLast,
  matmul,
  separableConv,
  softmax,
  sparsemax,
} from "./nn.ts";
export { broadcastTo, concatenate, mean, type ReduceOptions, reshape, slice, sum, transpose } from "./shape.ts";
export type { Value } from "./value.ts";
