/** Finds the layers that an object holds in its properties (Keras: the attribute tracker of `keras.Layer`). */

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
