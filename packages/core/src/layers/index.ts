/** `keras.layers`: factories in lower camel case, and (de)serialization. The classes are exports of the package. */
import { factory } from "./compose.ts";
import { DepthwiseConv1D } from "./depthwise-conv1d.ts";
import { DepthwiseConv2D } from "./depthwise-conv2d.ts";
import { SeparableConv1D } from "./separable-conv1d.ts";
import { SeparableConv2D } from "./separable-conv2d.ts";

export { deserialize } from "../models/deserialize.ts";
export { serializeLayer as serialize } from "./serialization.ts";

export const depthwiseConv1d = factory(DepthwiseConv1D);
export const depthwiseConv2d = factory(DepthwiseConv2D);
export const separableConv1d = factory(SeparableConv1D);
export const separableConv2d = factory(SeparableConv2D);
