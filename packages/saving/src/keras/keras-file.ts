/** The parts of a `.keras` file: a zip archive, or in Node a folder with the same names. Source: `keras.src.saving.saving_lib`. */
import { UnsupportedError } from "@keras-ts/core";
import { FileError } from "../file-error.ts";
import type { FileLimits } from "../limits.ts";
import { SAMPLES } from "../verify/samples.ts";
import { readZip, type ZipArchive } from "../zip/read-zip.ts";
import { isFolder, joinPath, listFolder, pathExists } from "./node-files.ts";
import { checkJsonBytes, parseObject } from "./read-json.ts";
import { type FileSource, isPath, readSource, type SourceBytes, type SourceOptions } from "./source.ts";

export const CONFIG = "config.json";
export const METADATA = "metadata.json";
export const WEIGHTS = "model.weights.h5";
const ASSETS = "assets";
const NPZ_WEIGHTS = "model.weights.npz";

/** What a model is made of. */
export interface KerasFile {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: SourceBytes;
  /** What Python Keras gave for sample inputs, where the file has it and it was asked for. */
  readonly samples: Uint8Array | null;
  /** Paths of what layers keep besides weights, such as vocabularies. */
  readonly assets: readonly string[];
}

/** The parts in an archive, samples where they are wanted. Throws FileError where one is missing or damaged. */
export function openArchive(
  { bytes, name, owned }: SourceBytes,
  limits: FileLimits = {},
  wantsSamples = false,
): KerasFile {
  const archive = readZip(bytes, { name, limits });
  checkJsonBytes(archive.size(CONFIG) ?? 0, name, CONFIG, limits);
  const config = parseObject(partOf(archive, CONFIG, name), name, CONFIG, limits);
  const samples = (wantsSamples && archive.read(SAMPLES)) || null;
  const member = partOf(archive, WEIGHTS, name);
  const isView = member.buffer === bytes.buffer;
  const weights = isView && owned ? aligned(member) : member;
  const assets = archive.names().filter((path) => path.startsWith(`${ASSETS}/`) && !path.endsWith("/"));
  return {
    name,
    config,
    weights: { bytes: weights, name: `${name}/${WEIGHTS}`, owned: owned || !isView },
    samples,
    assets,
  };
}

/**
 * A member's bytes moved to an address that is a multiple of 8, over the end of its header, so that its arrays can be used where they are.
 * The archive cannot be read again.
 */
function aligned(member: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = member;
  const start = byteOffset - (byteOffset % 8);
  new Uint8Array(buffer).copyWithin(start, byteOffset, byteOffset + length);
  return new Uint8Array(buffer, start, length);
}

/** The parts in a folder, null where the source is none. */
export async function openFolder(
  source: FileSource,
  options: SourceOptions & { readonly limits?: FileLimits },
  wantsSamples = false,
): Promise<KerasFile | null> {
  if (!isPath(source) || !(await isFolder(source))) return null;
  const names = await listFolder(source);
  for (const part of [CONFIG, WEIGHTS]) if (!names.includes(part)) throw missing(part, names, source);
  const { onProgress, filename: _, limits, ...others } = options;
  const config = await readSource(joinPath(source, CONFIG), others);
  const weights = await readSource(joinPath(source, WEIGHTS), { ...others, onProgress });
  const samplesPath = joinPath(source, SAMPLES);
  const samples =
    wantsSamples && (await pathExists(samplesPath)) ? (await readSource(samplesPath, others)).bytes : null;
  const assets = names.includes(ASSETS) ? await listFolder(joinPath(source, ASSETS)) : [];
  return {
    name: source,
    config: parseObject(config.bytes, source, CONFIG, limits),
    weights,
    samples,
    assets: assets.map((path) => `${ASSETS}/${path}`),
  };
}

function partOf(archive: ZipArchive, part: string, file: string): Uint8Array {
  const bytes = archive.read(part);
  if (!bytes) throw missing(part, archive.names(), file);
  return bytes;
}

function missing(part: string, names: readonly string[], file: string): Error {
  if (part === WEIGHTS && names.includes(NPZ_WEIGHTS))
    return new UnsupportedError(
      `"${file}": ${NPZ_WEIGHTS} holds pickled Python objects, which are not read (nor by Keras 3.15). Save the model with weights in HDF5.`,
    );
  return new FileError(
    `a model has a ${part}, which is missing. Received: ${names.slice(0, 10).join(", ") || "nothing"}.`,
    {
      file,
      path: part,
    },
  );
}
