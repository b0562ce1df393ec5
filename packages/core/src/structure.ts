/**
 * Values in lists and records, as models take and return them (Keras: `keras.tree`). Records are walked in the order of their
 * sorted keys, lists in their own.
 */
import { ValueError } from "./errors.ts";
import { formatValue } from "./format.ts";

/** One T, or lists and records of them, nested as one likes. */
export type Nested<T> = T | readonly Nested<T>[] | { readonly [key: string]: Nested<T> };

/** The leaves in order. What is neither an array nor a plain record is a leaf. */
export function flatten<T>(structure: Nested<T>): T[] {
  if (isList(structure)) return structure.flatMap((item) => flatten(item));
  if (isRecord(structure)) return sortedKeys(structure).flatMap((key) => flatten(at(structure, key)));
  return [structure as T];
}

/** The same structure with each leaf replaced. */
export function mapStructure<T, R>(structure: Nested<T>, fn: (leaf: T) => R): Nested<R> {
  const leaves = flatten(structure).map(fn);
  return packAs(structure, leaves);
}

/** The leaves in the shape of `structure`; records keep the order of its keys. */
export function packAs<R>(structure: Nested<unknown>, leaves: readonly R[]): Nested<R> {
  const rest = [...leaves];
  const packed = pack(structure, rest);
  if (rest.length > 0)
    throw new ValueError(`${leaves.length} values do not fit a structure of ${leaves.length - rest.length}.`);
  return packed;
}

function pack<R>(structure: Nested<unknown>, rest: R[]): Nested<R> {
  if (isList(structure)) return structure.map((item) => pack(item, rest));
  if (isRecord(structure)) {
    const made = new Map(sortedKeys(structure).map((key) => [key, pack(at(structure, key), rest)]));
    return Object.fromEntries(Object.keys(structure).map((key) => [key, made.get(key) as Nested<R>]));
  }
  if (rest.length === 0)
    throw new ValueError(`There is no value for a part of the structure ${formatValue(structure)}.`);
  return rest.shift() as R;
}

/** Whether two structures differ in nothing but their leaves. */
export function sameStructure(a: Nested<unknown>, b: Nested<unknown>): boolean {
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((item, i) => sameStructure(item, b[i] as Nested<unknown>));
  if (isRecord(a)) {
    if (!isRecord(b)) return false;
    const keys = sortedKeys(a);
    return keys.join("\n") === sortedKeys(b).join("\n") && keys.every((key) => sameStructure(at(a, key), at(b, key)));
  }
  return !isList(b) && !isRecord(b);
}

/** A list of one thing as that thing. */
export function unpackSingleton<T>(structure: Nested<T>): Nested<T> {
  const [first] = isList(structure) ? structure : [];
  return isList(structure) && structure.length === 1 && first !== undefined ? first : structure;
}

export function isList<T>(structure: Nested<T>): structure is readonly Nested<T>[] {
  return Array.isArray(structure);
}

/** Plain objects only: tensors and symbols are leaves. */
export function isRecord<T>(structure: Nested<T>): structure is { readonly [key: string]: Nested<T> } {
  if (typeof structure !== "object" || structure === null || Array.isArray(structure)) return false;
  const prototype: unknown = Object.getPrototypeOf(structure);
  return prototype === Object.prototype || prototype === null;
}

function sortedKeys(record: object): string[] {
  // By code points, as Python sorts.
  return Object.keys(record).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function at<T>(record: { readonly [key: string]: T }, key: string): T {
  return record[key] as T;
}
