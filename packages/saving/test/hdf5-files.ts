// The files of test/data/hdf5 (write_data.py), with what numpy says is in them.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { Hdf5Array, Hdf5Dataset, Hdf5Group } from "../src/index.ts";

const folder = fileURLToPath(new URL("data/hdf5/", import.meta.url));

/** An array as JSON has it: 64-bit integers and numbers that JSON has not are text. */
interface StoredArray {
  dtype: string;
  shape: number[];
  values: (number | string)[];
}

/** A group or dataset as JSON has it. */
export interface StoredTree extends Partial<StoredArray> {
  attributes: Record<string, StoredArray>;
  children?: Record<string, StoredTree>;
}

/** Names of the files that h5py says are readable. */
export function hdf5Files(): string[] {
  const json = ".json.gz";
  return readdirSync(folder)
    .filter((file) => file.endsWith(json))
    .map((file) => file.slice(0, -json.length));
}

/** The bytes of a file. */
export function hdf5Bytes(name: string): Uint8Array {
  return Uint8Array.from(gunzipSync(readFileSync(`${folder}${name}.h5.gz`)));
}

/** What is in a file. */
export function hdf5Tree(name: string): StoredTree {
  return JSON.parse(gunzipSync(readFileSync(`${folder}${name}.json.gz`)).toString()) as StoredTree;
}

/** What our reader says is in a group or dataset, in the same form. */
export function describeTree(item: Hdf5Group | Hdf5Dataset): StoredTree {
  const attributes = Object.fromEntries([...item.attributes].map(([name, value]) => [name, describeArray(value)]));
  if (item.kind === "dataset") return { attributes, ...describeArray(item) };
  const children = Object.fromEntries([...item.entries()].map(([name, child]) => [name, describeTree(child)]));
  return { attributes, children };
}

function describeArray(array: Hdf5Array): StoredArray {
  const values: (number | string)[] = [];
  for (const value of array.read())
    values.push(
      typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)) ? text(value) : value,
    );
  return { dtype: array.dtype, shape: [...array.shape], values };
}

/** As Python prints it. */
function text(value: number | bigint): string {
  return String(value).replace("Infinity", "inf").replace("NaN", "nan");
}
