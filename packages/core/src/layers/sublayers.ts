/** Finds the layers that an object holds in its properties (Keras: the attribute tracker of `keras.Layer`). */
import { toSnakeCase } from "./names.ts";

/** In the order of the properties; lists and plain records are looked into, each layer counts once. */
export function findSublayers<L extends object>(owner: object, isLayer: (value: unknown) => value is L): L[] {
  const found = new Set<L>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || value === owner) return;
    if (isLayer(value)) found.add(value);
    else if (Array.isArray(value)) value.forEach(visit);
    else if (Object.getPrototypeOf(value) === Object.prototype) Object.values(value).forEach(visit);
  };
  Object.values(owner).forEach(visit);
  return [...found];
}

/**
 * The properties of an object that may lead to layers, by Keras's spelling of their names, in the order in which Keras visits attributes
 * for a file: sorted by code points, those that begin with an underscore last. Lists and records are among them whatever they hold.
 * Source: `_walk_saveable` of `keras.src.saving.saving_lib`.
 */
export function namedAttributes(owner: object, isLayer: (value: object) => boolean): [string, object][] {
  const found: [string, object][] = [];
  for (const [name, value] of Object.entries(owner) as [string, unknown][])
    if (typeof value === "object" && value !== null && (isLayer(value) || isContainer(value)))
      found.push([toSnakeCase(name), value]);
  return found.length > 1 ? inVisitingOrder(found) : found;
}

function isContainer(value: object): boolean {
  if (Array.isArray(value)) return value.some((item) => typeof item === "object" && item !== null);
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** Sorted as `namedAttributes` are. */
export function inVisitingOrder<T>(attributes: readonly (readonly [name: string, value: T])[]): [string, T][] {
  const copies = attributes.map(([name, value]): [string, T] => [name, value]);
  return copies.sort(([a], [b]) => compareText(visitingKey(a), visitingKey(b)));
}

function visitingKey(name: string): string {
  return name.startsWith("_") ? `~${name}` : name;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
