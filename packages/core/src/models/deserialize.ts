/** `keras.layers.deserialize` and `keras.models.model_from_json`, for everything that is a layer, models included. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { Layer } from "../layers/layer.ts";
import { type DeserializeLayerOptions, deserializeLayer } from "../layers/serialization.ts";
import type { KerasObjectJson } from "../serialization/json.ts";
import { Model } from "./model.ts";
import { registerModelClasses } from "./register.ts";

/** The layer or model of a config, built where the config says for which shape. Throws ValueError where Keras raises; nothing is left then. */
export function deserialize(json: KerasObjectJson, options: DeserializeLayerOptions = {}): Layer {
  registerModelClasses();
  return deserializeLayer(json, options);
}

/** The model of the text that `model.toJSON()`, or Keras's `model.to_json()`, wrote. Its weights are new. Throws as `deserialize`. */
export function modelFromJSON(text: string, options: DeserializeLayerOptions = {}): Model {
  const model = deserialize(parse(text), options);
  if (model instanceof Model) return model;
  model.dispose();
  throw new ValueError(
    `The JSON is that of a ${model.className}, not of a model. Use layers.deserialize. Received: name='${model.name}'`,
  );
}

function parse(text: string): KerasObjectJson {
  if (typeof text !== "string") throw new ValueError(`modelFromJSON takes text. Received: ${formatValue(text)}`);
  try {
    return JSON.parse(text) as KerasObjectJson;
  } catch (error) {
    throw new ValueError(
      `The model's JSON cannot be parsed: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}
