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
 * The properties of an object that are objects, by Keras's spelling of their names, in the order in which Keras visits attributes for
 * a file: sorted by code points, those that begin with an underscore last. Source: `_walk_saveable` of `keras.src.saving.saving_lib`.
 */
export function namedAttributes(owner: object): [string, object][] {
  const found = Object.entries(owner).flatMap(([name, value]: [string, unknown]): [string, object][] =>
    typeof value === "object" && value !== null ? [[toSnakeCase(name), value]] : [],
  );
  return inVisitingOrder(found);
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
