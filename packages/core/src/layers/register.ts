/** Makes Keras's layer classes known to the registry of configs. Called before configs are read or written. */
import { beforeLookUp, registerClass } from "../serialization/registry.ts";
import * as exported from "./classes.ts";
import { Layer } from "./layer.ts";

type LayerClass = Extract<(typeof exported)[keyof typeof exported], { readonly className: string }>;

let registered = false;

/** May be called again. */
export function registerLayerClasses(): void {
  if (registered) return;
  registered = true;
  const named = Object.entries(exported).flatMap(([name, value]) => (isLayerClass(value) ? [{ name, value }] : []));
  for (const layerClass of new Set(named.map(({ value }) => value))) {
    const aliases = named.flatMap(({ name, value }) =>
      value === layerClass && name !== value.className ? [name] : [],
    );
    registerClass("module" in layerClass ? layerClass.module : "keras.layers", layerClass, aliases);
  }
}

/** The list holds factories, too. */
function isLayerClass(value: (typeof exported)[keyof typeof exported]): value is LayerClass {
  return value.prototype instanceof Layer;
}

// So that `getConfig` of a layer that holds layers knows their classes before anything was serialized.
beforeLookUp(registerLayerClasses);
