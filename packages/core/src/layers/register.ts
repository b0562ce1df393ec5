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
  // In one pass: the list has hundreds of names, and a program that starts waits for this.
  const aliases = new Map<LayerClass, string[]>();
  for (const [name, value] of Object.entries(exported)) {
    if (!isLayerClass(value)) continue;
    const known = aliases.get(value) ?? [];
    aliases.set(value, name === value.className ? known : [...known, name]);
  }
  for (const [layerClass, names] of aliases)
    registerClass("module" in layerClass ? layerClass.module : "keras.layers", layerClass, names);
}

/** The list holds factories, too. */
function isLayerClass(value: (typeof exported)[keyof typeof exported]): value is LayerClass {
  return value.prototype instanceof Layer;
}

// So that `getConfig` of a layer that holds layers knows their classes before anything was serialized.
beforeLookUp(registerLayerClasses);
