/** `keras.layers.deserialize` for everything that is a layer, models included. */

import type { Layer } from "../layers/layer.ts";
import { type DeserializeLayerOptions, deserializeLayer } from "../layers/serialization.ts";
import type { KerasObjectJson } from "../serialization/json.ts";
import { registerClass } from "../serialization/registry.ts";
import { Sequential } from "./sequential.ts";

/** The layer or model of a config, built where the config says for which shape. Throws ValueError where Keras raises. */
export function deserialize(json: KerasObjectJson, options: DeserializeLayerOptions = {}): Layer {
  registerClass("keras", Sequential);
  return deserializeLayer(json, options);
}
