/** Weights as several files with a map of them, as `save_weights(…, max_shard_size=…)` makes them. Source: `ShardedH5IOStore` of `keras.src.saving.saving_lib`. */
import { ValueError } from "@keras-ts/core";
import { toPythonString } from "./python-json.ts";
import type { NumberArray } from "./training-state.ts";
import type { WrittenObject } from "./weights-tree.ts";

/** What ends the name of a map. */
export const MAP_ENDING = ".weights.json";

/** Files of weights, in order. */
export interface Shards {
  /** The text of the `.weights.json` that names them. */
  readonly map: string;
  /** What each file holds, by its name. */
  readonly files: ReadonlyMap<string, readonly WrittenObject[]>;
}

interface Part extends WrittenObject {
  readonly arrays: Map<string, NumberArray>;
}

/**
 * The objects' arrays in order, in files of up to `mostBytes` bytes of values: `net_00000.weights.h5`, … for the base `net`. Throws
 * ValueError for an array that is larger by itself.
 */
export function shardsOf(objects: readonly WrittenObject[], base: string, mostBytes: number): Shards {
  const shards: Part[][] = [[]];
  let [bytes, totalBytes] = [0, 0];
  for (const { path, name, arrays } of objects) {
    if (name !== null) partOf(shards.at(-1) ?? [], path, name); // as Keras makes the group before it sees that the file is full
    for (const [key, array] of arrays) {
      const { byteLength } = array.data;
      if (byteLength > mostBytes)
        throw new ValueError(
          `The array ${key} of '${path}' is larger than a file may be. Raise maxShardSize, which counts in GiB. Received: ${byteLength} bytes, maxShardSize=${mostBytes / GIB}`,
        );
      bytes += byteLength;
      totalBytes += byteLength;
      if (bytes > mostBytes) {
        shards.push([]);
        bytes = byteLength;
      }
      partOf(shards.at(-1) ?? [], path, null).arrays.set(key, array);
    }
  }
  const files = new Map(shards.map((parts, i) => [`${base}_${String(i).padStart(5, "0")}.weights.h5`, parts]));
  return { map: mapText(files, totalBytes), files };
}

/** What `maxShardSize` counts in. */
export const GIB = 2 ** 30;

/** The last object of a shard if it is the one at the path, else a new one. Keras tells the name in the first file only. */
function partOf(parts: Part[], path: string, name: string | null): Part {
  const last = parts.at(-1);
  if (last?.path === path) return last;
  const part: Part = { path, name, arrays: new Map() };
  parts.push(part);
  return part;
}

/** As `json.dumps(…, indent=4)` prints it. Keras lists the files of a group, also where it is one; but not for a single array. */
function mapText(files: ReadonlyMap<string, readonly Part[]>, totalBytes: number): string {
  const places = new Map<string, { readonly names: string[]; arrays: number }>();
  for (const [file, parts] of files)
    for (const { path, arrays } of parts.filter(({ arrays }) => arrays.size > 0)) {
      const group = path === "" ? "/vars" : `/${path}/vars`;
      const place = places.get(group) ?? { names: [], arrays: 0 };
      place.names.push(file);
      place.arrays += arrays.size;
      places.set(group, place);
    }
  const lines = Array.from(places, ([group, { names, arrays }]) => {
    const texts = names.map(toPythonString);
    const value = arrays === 1 ? texts[0] : `[\n            ${texts.join(",\n            ")}\n        ]`;
    return `\n        ${toPythonString(group)}: ${value}`;
  });
  const map = lines.length === 0 ? "{}" : `{${lines.join(",")}\n    }`;
  return `{\n    "metadata": {\n        "total_size": ${totalBytes}.0\n    },\n    "weight_map": ${map}\n}`;
}
