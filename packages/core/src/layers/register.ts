/** Makes Keras's layer classes known to the registry of configs. Called before configs are read or written. */
import { beforeLookUp, registerClass } from "../serialization/registry.ts";
import * as classes from "./classes.ts";

let registered = false;

/** May be called again. */
export function registerLayerClasses(): void {
  if (registered) return;
  registered = true;
  const entries = Object.entries(classes);
  for (const layerClass of new Set(Object.values(classes))) {
    const aliases = entries.flatMap(([name, other]) =>
      other === layerClass && name !== other.className ? [name] : [],
    );
    registerClass("keras.layers", layerClass, aliases);
  }
}

// So that `getConfig` of a layer that holds layers knows their classes before anything was serialized.
beforeLookUp(registerLayerClasses);
