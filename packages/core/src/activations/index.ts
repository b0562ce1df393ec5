/** `keras.activations`. */

export { type AxesOptions, type AxisOptions, glu, logSoftmax, softmax, sparsemax } from "../ops/along-axis.ts";
export { Activation, type ActivationFunction, type ActivationLayer } from "./activation.ts";
export {
  type AlphaOptions,
  celu,
  elu,
  exponential,
  gelu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardTanh,
  leakyRelu,
  linear,
  logSigmoid,
  mish,
  type ReluOptions,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softShrink,
  softsign,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  type ThresholdOptions,
  tanh,
  tanhShrink,
  threshold,
} from "./elementwise.ts";
export { type ActivationIdentifier, deserialize, get, serialize } from "./get.ts";
