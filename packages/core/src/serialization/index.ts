/** `keras.saving`: objects to and from JSON. */

import { registerActivations } from "../activations/built-in.ts";
import { registerConstraints } from "../constraints/get.ts";
import { registerInitializers } from "../initializers/get.ts";
import { registerLayerClasses } from "../layers/register.ts";
import { Sequential } from "../models/sequential.ts";
import { registerRegularizers } from "../regularizers/get.ts";
import { type DeserializeOptions, deserializeKerasObject as deserialize } from "./deserialize.ts";
import { registerClass } from "./registry.ts";

export {
  type CustomObject,
  type CustomObjects,
  customObjectScope,
  getRegisteredName,
  getRegisteredObject,
  type KerasClass,
  registerKerasSerializable,
} from "./custom-objects.ts";
export type { DeserializeOptions } from "./deserialize.ts";
export type { JsonValue, KerasConfig, KerasFunctionJson, KerasObjectJson } from "./json.ts";
export { type Serializable, serializeKerasObject } from "./serialize.ts";

/**
 * The object that a config describes: a layer, an initializer, a regularizer, a constraint, a function; lists and
 * records of them item by item. Source: `keras.saving.deserialize_keras_object`.
 */
export function deserializeKerasObject(json: unknown, options: DeserializeOptions = {}): unknown {
  registerInitializers();
  registerRegularizers();
  registerConstraints();
  registerLayerClasses();
  registerClass("keras", Sequential);
  registerActivations();
  return deserialize(json, options);
}
