/** Makes Keras's layer classes known to the registry of configs. Called before configs are read or written. */
import { beforeLookUp, registerClass } from "../serialization/registry.ts";
import * as exported from "./classes.ts";
import { Layer } from "./layer.ts";

type Listed = (typeof exported)[keyof typeof exported];
type LayerClass = Extract<Listed, { readonly className: string }>;

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
  for (const [layerClass, names] of aliases) registerClass(moduleOf(layerClass), layerClass, names);
}

let listed = false;

/** Has layer classes found by those who look them up. May be called again. */
export function listLayerClasses(): void {
  if (listed) return;
  listed = true;
  beforeLookUp({ enter: registerLayerClasses, enterOne });
}

const byName: Readonly<Record<string, Listed | undefined>> = exported;

function enterOne(module: string, name: string): void {
  const found = Object.hasOwn(exported, name) ? byName[name] : undefined;
  if (found && isLayerClass(found) && found.className === name && moduleOf(found) === module)
    registerClass(module, found);
}

function moduleOf(layerClass: LayerClass): string {
  return "module" in layerClass ? layerClass.module : "keras.layers";
}

/** The list holds factories, too. */
function isLayerClass(value: Listed): value is LayerClass {
  return value.prototype instanceof Layer;
}

// So that `getConfig` of a layer that holds layers knows their classes before anything was serialized.
listLayerClasses();
