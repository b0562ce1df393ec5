/** Finds samples: in a `.keras` file or folder, or in a `samples.h5`. */
import { ValueError } from "@keras-ts/core";
import { checkOptions } from "../keras/check-options.ts";
import { fileKind, KIND_NAMES } from "../keras/file-kind.ts";
import { isFolder, joinPath, pathExists } from "../keras/node-files.ts";
import { type FileSource, isPath, readSource, SOURCE_OPTIONS, type SourceOptions } from "../keras/source.ts";
import type { FileLimits } from "../limits.ts";
import { readZip } from "../zip/read-zip.ts";
import { parseSamples, SAMPLES, type Samples } from "./samples.ts";

/** Options of `readSamples`. */
export interface ReadSamplesOptions extends SourceOptions {
  /** What the file may cost in memory and time, whatever it claims. */
  readonly limits?: FileLimits;
}

/**
 * The samples in a `.keras` file, in a folder with the same members, or of a `samples.h5`; null for a model that has none. Throws FileError
 * for damaged files, ValueError for files of another kind.
 */
export async function readSamples(source: FileSource, options: ReadSamplesOptions = {}): Promise<Samples | null> {
  checkOptions("readSamples()", options, [...SOURCE_OPTIONS, "limits"]);
  const { limits } = options;
  if (isPath(source) && (await isFolder(source))) return readFolder(source, options);
  const { bytes, name } = await readSource(source, options);
  const kind = fileKind(bytes);
  if (kind === "hdf5") return parseSamples(bytes, name, limits);
  if (kind !== "zip")
    throw new ValueError(`"${name}" is ${KIND_NAMES[kind]}: samples are in a .keras file, or a samples.h5.`);
  const member = readZip(bytes, { name, limits }).read(SAMPLES);
  return member ? parseSamples(member, `${name}/${SAMPLES}`, limits) : null;
}

/** The samples in a folder that holds what a `.keras` file does. */
export async function readFolder(folder: string, { limits, signal }: ReadSamplesOptions): Promise<Samples | null> {
  const path = joinPath(folder, SAMPLES);
  if (!(await pathExists(path))) return null;
  const { bytes } = await readSource(path, { signal });
  return parseSamples(bytes, path, limits);
}
