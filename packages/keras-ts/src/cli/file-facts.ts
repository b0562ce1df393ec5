/** What is in a file: its format and version, its parts with their sizes, and its arrays where they are all there is. */
import { UnsupportedError } from "@keras-ts/core";
import {
  FileError,
  fileKind,
  type Hdf5Dataset,
  type Hdf5Group,
  readHdf5,
  readNpyFile,
  readSamples,
  readZip,
  type ZipArchive,
} from "@keras-ts/saving";
import { InputError } from "./input-error.ts";
import { sizeText } from "./number-text.ts";

/** A name and what is known of it. */
export type Facts = readonly (readonly [name: string, text: string])[];

/** What a file says of itself. */
export interface FileFacts {
  readonly facts: Facts;
  /** A line for each array of a file of weights; null for a file with a model. */
  readonly arrays: readonly string[] | null;
}

/** Throws FileError for a damaged file, InputError for one that is neither a model nor weights by itself. */
export async function fileFacts(path: string, bytes: Uint8Array): Promise<FileFacts> {
  switch (fileKind(bytes)) {
    case "zip":
      return factsOfZip(path, bytes);
    case "hdf5":
      return factsOfHdf5(readHdf5(bytes, { name: path }), bytes);
    case "npy":
      return { facts: [["format", "an array of NumPy"], fileSize(bytes)], arrays: [arrayLine(path, bytes)] };
    case "json":
      throw new InputError(`${path} is JSON, which has no weights of its own. Give the .keras or .h5 file.`);
    default:
      throw new FileError("this is neither a model nor weights that Keras writes.", { file: path });
  }
}

async function factsOfZip(path: string, bytes: Uint8Array): Promise<FileFacts> {
  const archive = readZip(bytes, { name: path });
  const names = archive.names();
  const sizes = names.map((name) => [`  ${name}`, sizeText(archive.size(name) ?? 0)] as const);
  if (!names.includes("config.json") && names.some((name) => name.endsWith(".npy")))
    return {
      facts: [["format", ".npz, arrays of NumPy"], fileSize(bytes), ...sizes],
      arrays: names.map((name) => arrayLine(name, archive.read(name) ?? new Uint8Array())),
    };
  const samples = await readSamples(bytes, { filename: path });
  const recorded = samples
    ? `${samples.inputs[0]?.shape[0] ?? 0} of ${samples.layers.length} layers, recorded by Keras ${samples.keras}`
    : "none (python -m keras_ts_fixtures FILE --samples 3 --embed)";
  return {
    facts: [["format", `.keras, ${origin(archive)}`], fileSize(bytes), ...sizes, ["samples", recorded]],
    arrays: null,
  };
}

/** Keras does not read this member when it loads a model, so that a damaged one is no reason to stop. */
function origin(archive: ZipArchive): string {
  const text = new TextDecoder().decode(archive.read("metadata.json") ?? new Uint8Array());
  try {
    const metadata: unknown = JSON.parse(text);
    const of = (key: string) =>
      typeof metadata === "object" && metadata !== null && key in metadata
        ? String(metadata[key as keyof typeof metadata])
        : "unknown";
    return `written by Keras ${of("keras_version")} on ${of("date_saved")}`;
  } catch {
    return `written by an unknown version: metadata.json ${text === "" ? "is missing" : "is no JSON"}`;
  }
}

function factsOfHdf5(root: Hdf5Group, bytes: Uint8Array): FileFacts {
  const isModel = root.attributes.has("model_config");
  const version = root.attributes.get("keras_version");
  const datasets = [...root.datasets()];
  const values = datasets.reduce((sum, { size }) => sum + size, 0);
  const row = ({ path, shape, dtype }: Hdf5Dataset) => `${path.slice(1)}  (${shape.join(", ")})  ${dtype}`;
  return {
    facts: [
      ["format", `HDF5, ${isModel ? "a whole model in the legacy format" : "weights only"}`],
      ["keras", version ? version.readString() : "not said"],
      fileSize(bytes),
      ["arrays", `${datasets.length}, ${values.toLocaleString("en")} values`],
    ],
    arrays: isModel ? null : datasets.map(row),
  };
}

function arrayLine(name: string, bytes: Uint8Array): string {
  const short = name.replace(/\.npy$/, "");
  try {
    return `${short}  (${readNpyFile(bytes, { name }).shape.join(", ")})`;
  } catch (error) {
    if (error instanceof UnsupportedError) return `${short}  is not read: ${error.message}`;
    throw error;
  }
}

function fileSize(bytes: Uint8Array): readonly [string, string] {
  return ["file", sizeText(bytes.length)];
}
