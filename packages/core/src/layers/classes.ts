/** Every layer class, one line each, with Keras's other names for it: what the package exports and configs may name. */
export { DepthwiseConv1D } from "./depthwise-conv1d.ts";
export { DepthwiseConv2D } from "./depthwise-conv2d.ts";
export { InputLayer } from "./input-layer.ts";
export { SeparableConv1D, SeparableConv1D as SeparableConvolution1D } from "./separable-conv1d.ts";
export { SeparableConv2D, SeparableConv2D as SeparableConvolution2D } from "./separable-conv2d.ts";
