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
  sigmoid,
  sqrt,
  square,
  subtract,
  tanh,
  trunc,
  unary,
  where,
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
export {
  type AdaptivePoolOptions,
  adaptiveAveragePool,
  adaptiveMaxPool,
  averagePool,
  maxPool,
  type PoolOptions,
} from "./pool.ts";
export { flip, type ResizeOptions, repeat, resize } from "./resample.ts";
export {
  broadcastTo,
  concatenate,
  expandDims,
  max,
  mean,
  min,
  pad,
  type ReduceOptions,
  reshape,
  slice,
  squeeze,
  stack,
  sum,
  transpose,
} from "./shape.ts";
export type { PadWidth } from "./shapes.ts";
export { take } from "./take.ts";
export type { Value } from "./value.ts";
