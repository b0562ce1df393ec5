/** `keras.ops`: functions on tensors that record on symbols. Layers are written with these, and so can yours be. */
export {
  elu,
  gelu,
  hardSigmoid,
  hardSilu,
  leakyRelu,
  relu,
  relu6,
  rsqrt,
  selu,
  sigmoid,
  silu,
  softplus,
  tanh,
} from "./activation-ops.ts";
export { type AxesOptions, type AxisOptions, glu, logSoftmax, softmax, sparsemax } from "./along-axis.ts";
export { type ConvTransposeOptions, convTranspose } from "./conv-transpose.ts";
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
  notEqual,
  reciprocal,
  sqrt,
  square,
  subtract,
  trueDivide,
  trunc,
  unary,
  where,
} from "./elementwise.ts";
export { type FilledOptions, onesLike, zerosLike } from "./filled.ts";
export { getItem, type KeyItem, type SliceKey } from "./get-item.ts";
export { matmul } from "./matmul.ts";
export {
  type ConvOptions,
  conv,
  depthwiseConv,
  inChannelsLast,
  separableConv,
} from "./nn.ts";
export {
  type AdaptivePoolOptions,
  adaptiveAveragePool,
  adaptiveMaxPool,
  averagePool,
  maxPool,
  type PoolOptions,
} from "./pool.ts";
export { power } from "./power.ts";
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
export { any, logicalOr, type NormalizeOptions, normalize, variance } from "./statistics.ts";
export { take } from "./take.ts";
export type { Value } from "./value.ts";
