/** `keras.saving`: objects to and from JSON. */

import { registerActivations } from "../activations/built-in.ts";
import { registerConstraints } from "../constraints/get.ts";
import { registerInitializers } from "../initializers/get.ts";
import { registerLayerClasses } from "../layers/register.ts";
import { Sequential } from "../models/sequential.ts";
import { findUnsupported as find, type UnsupportedObject } from "../models/unsupported.ts";
import { registerRegularizers } from "../regularizers/get.ts";
import type { CustomObjects } from "./custom-objects.ts";
import { type DeserializeOptions, deserializeKerasObject as deserialize } from "./deserialize.ts";
import { registerClass } from "./registry.ts";

export { type BlankWeightsOptions, withBlankWeights } from "../layers/layer-weights.ts";
export { toSnakeCase } from "../layers/names.ts";
export type { UnsupportedObject } from "../models/unsupported.ts";
export {
  type CustomObject,
  type CustomObjects,
  customObjectScope,
  getRegisteredName,
  getRegisteredObject,
  type KerasClass,
  registerKerasSerializable,
} from "./custom-objects.ts";
export { type DeserializeOptions, objectSharingScope } from "./deserialize.ts";
export type { JsonValue, KerasConfig, KerasFunctionJson, KerasObjectJson } from "./json.ts";
export { type Serializable, serializeKerasObject, serializeWithSharedIds } from "./serialize.ts";

/**
 * The object that a config describes: a layer, an initializer, a regularizer, a constraint, a function; lists and
 * records of them item by item. Source: `keras.saving.deserialize_keras_object`.
 */
export function deserializeKerasObject(json: unknown, options: DeserializeOptions = {}): unknown {
  registerAll();
  return deserialize(json, options);
}

/**
 * Everything in a config that cannot be made here, in the order of the config, before anything is made: unknown classes, Python
 * lambdas, dtypes. Registered classes and `customObjects` count as known.
 */
export function findUnsupported(json: unknown, customObjects: CustomObjects | null = null): UnsupportedObject[] {
  registerAll();
  return find(json, customObjects);
}

function registerAll(): void {
  registerInitializers();
  registerRegularizers();
  registerConstraints();
  registerLayerClasses();
  registerClass("keras", Sequential);
  registerActivations();
}
