/** `keras.layers.serialize` and `keras.layers.deserialize`, for layers and models. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { withoutLeftovers } from "../leftovers.ts";
import type { CustomObjects } from "../serialization/custom-objects.ts";
import { deserializeKerasObject } from "../serialization/deserialize.ts";
import type { KerasObjectJson } from "../serialization/json.ts";
import { serializeObject } from "../serialization/serialize.ts";
import { Layer } from "./layer.ts";
import { listLayerClasses, registerLayerClasses } from "./register.ts";

/** What Keras writes for a layer: module, class, config and, once built, the shape it was built for. */
export function serializeLayer(layer: Layer): KerasObjectJson {
  registerLayerClasses();
  return serializeObject(layer);
}

export interface DeserializeLayerOptions {
  /** Classes and functions that the config may name. */
  readonly customObjects?: CustomObjects | null;
}

/** The layer of a config, built where the config says for which shape. Throws ValueError where Keras raises; nothing is left then. */
export function deserializeLayer(json: KerasObjectJson, { customObjects = null }: DeserializeLayerOptions = {}): Layer {
  listLayerClasses();
  return withoutLeftovers(() => {
    const layer = deserializeKerasObject(json, { customObjects });
    if (layer instanceof Layer) return layer;
    throw new ValueError(`Could not interpret the config as a layer. Received: config=${formatValue(json)}`);
  });
}
