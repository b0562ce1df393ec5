/** Makes Keras's layer classes known to the registry of configs. Called before configs are read or written. */
import { registerClass } from "../serialization/registry.ts";
import { DepthwiseConv1D } from "./depthwise-conv1d.ts";
import { DepthwiseConv2D } from "./depthwise-conv2d.ts";
import { InputLayer } from "./input-layer.ts";
import { SeparableConv1D } from "./separable-conv1d.ts";
import { SeparableConv2D } from "./separable-conv2d.ts";

/** May be called again. */
export function registerLayerClasses(): void {
  registerClass("keras.layers", InputLayer);
  registerClass("keras.layers", DepthwiseConv1D);
  registerClass("keras.layers", DepthwiseConv2D);
  registerClass("keras.layers", SeparableConv1D, ["SeparableConvolution1D"]);
  registerClass("keras.layers", SeparableConv2D, ["SeparableConvolution2D"]);
}
