/** Weights in several files, with a `.weights.json` that says which holds what. Source: `ShardedH5IOStore` of `keras.src.saving.saving_lib`. */
import { ValueError } from "@keras-ts/core";
import { FileError } from "../file-error.ts";
import type { FileLimits } from "../limits.ts";
import { refuseMemberName } from "../zip/member-name.ts";
import { Hdf5Weights } from "./hdf5-weights.ts";
import { parseObject } from "./read-json.ts";
import { type FileSource, isPath, readSource, type SourceBytes, type SourceOptions } from "./source.ts";
import type { StoredArray, StoredVariables, StoredWeights } from "./stored-weights.ts";

/** Where the shards are that a `.weights.json` names. */
export interface ShardOptions extends SourceOptions {
  readonly limits?: FileLimits;
  /** For a `.weights.json` that came as bytes or as a Blob: its shards by name. Those of a path or URL lie beside it. */
  readonly shards?: Readonly<Record<string, FileSource>>;
}

/** Reads all shards of a map. `source` is where the map came from. */
export async function openShards(map: SourceBytes, source: FileSource, options: ShardOptions): Promise<ShardedWeights> {
  const weightMap = readMap(map, options.limits);
  const names = [...new Set([...weightMap.values()].flat())].sort();
  const shards = new Map<string, Hdf5Weights>();
  for (const name of names) {
    const shard = shardSource(name, source, map.name, options.shards);
    const { filename: _, ...others } = options;
    shards.set(name, new Hdf5Weights(await readSource(shard, { ...others, filename: name }), options.limits));
  }
  return new ShardedWeights(map.name, weightMap, shards);
}

/** Groups that may be spread over files. */
export class ShardedWeights implements StoredWeights {
  readonly file: string;
  readonly #map: ReadonlyMap<string, readonly string[]>;
  /** The shards by name, in order. */
  readonly shards: ReadonlyMap<string, Hdf5Weights>;

  constructor(file: string, map: ReadonlyMap<string, readonly string[]>, shards: ReadonlyMap<string, Hdf5Weights>) {
    this.file = file;
    this.#map = map;
    this.shards = shards;
  }

  /** Where the map does not know a path, all shards are asked: a group without arrays is in one of them, unmapped. */
  variables(path: string): StoredVariables | null {
    const names = this.#map.get(path === "" ? "/vars" : `/${path}/vars`) ?? [...this.shards.keys()];
    const found = names.flatMap((name) => this.shards.get(name)?.variables(path) ?? []);
    return found.length === 0 ? null : new Map(found.flatMap((arrays): [string, StoredArray][] => [...arrays]));
  }

  objectPaths(): readonly string[] {
    return [...new Set([...this.shards.values()].flatMap((shard) => shard.objectPaths()))];
  }

  valueCount(): number {
    return [...this.shards.values()].reduce((sum, shard) => sum + shard.valueCount(), 0);
  }
}

function readMap({ bytes, name }: SourceBytes, limits?: FileLimits): Map<string, readonly string[]> {
  const json = parseObject(bytes, name, undefined, limits);
  const map = json["weight_map"];
  if (typeof map !== "object" || map === null || Array.isArray(map))
    throw new FileError("a map of sharded weights has a weight_map, an object.", { file: name, path: "weight_map" });
  return new Map(
    Object.entries(map).map(([path, files]: [string, unknown]) => {
      const list: unknown[] = Array.isArray(files) ? files : [files];
      const texts = list.filter((file) => typeof file === "string");
      const isNames =
        texts.length === list.length && texts.every((text) => refuseMemberName(text) === null && !text.includes("/"));
      if (!isNames)
        throw new FileError(`shards are names of files beside this one. Received: ${JSON.stringify(files)}.`, {
          file: name,
          path,
        });
      return [path, texts];
    }),
  );
}

function shardSource(name: string, source: FileSource, mapName: string, shards: ShardOptions["shards"]): FileSource {
  const given = shards?.[name];
  if (given !== undefined) return given;
  if (isPath(source)) return source.replace(/[^\\/]*$/, name);
  if (typeof source === "string" || source instanceof URL) return new URL(encodeURIComponent(name), source); // "https:x" is a name, not a URL
  throw new ValueError(
    `"${mapName}" names the shard '${name}', which is not here. Give all shards by name. Received: shards=${Object.keys(shards ?? {}).join(", ") || "none"}`,
  );
}
