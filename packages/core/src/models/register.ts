/** Makes Keras's model classes known to the registry of configs. */
import { registerClass } from "../serialization/registry.ts";
import { Model } from "./model.ts";
import { Sequential } from "./sequential.ts";

/** May be called again. */
export function registerModelClasses(): void {
  registerClass("keras", Sequential);
  registerClass("keras.src.models.functional", Model);
}
