/**
 * What Python Keras gave for sample inputs of a model, every layer's output included: `samples.h5`, which `python -m keras_ts_fixtures`
 * writes beside a model or into its `.keras` file.
 */
import { FileError } from "../file-error.ts";
import type { Hdf5Dataset } from "../hdf5/hdf5-dataset.ts";
import type { Hdf5Group } from "../hdf5/hdf5-group.ts";
import { readHdf5 } from "../hdf5/read-hdf5.ts";
import type { FileLimits } from "../limits.ts";

/** An array of a sample: row-major values, the batch first. */
export interface SampleArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** An output of Python Keras's: ours agrees where `|ours − its| ≤ absolute + relative·|its|`. */
export interface SampleOutput extends SampleArray {
  /** By the formula of keras-parity, from the length of the longest sums before it and the scale of the array. */
  readonly absolute: number;
}

/** One batch of samples. */
export interface Samples {
  /** The file's name, for messages. */
  readonly file: string;
  /** Version of Keras. */
  readonly keras: string;
  readonly relative: number;
  /** In the order of the model's inputs. */
  readonly inputs: readonly SampleArray[];
  /** In the order of the model's outputs. */
  readonly outputs: readonly SampleOutput[];
  /** In topological order; without inputs, and layers that are called twice or give several tensors. */
  readonly layers: readonly (SampleOutput & { readonly name: string })[];
}

/** Where a `.keras` file holds its samples. */
export const SAMPLES = "keras_ts/samples.h5";
const FORMAT = "keras-ts-samples";
const VERSION = 1;

/** Reads a `samples.h5`. Throws FileError where it is damaged or none. */
export function parseSamples(bytes: Uint8Array, name: string, limits: FileLimits = {}): Samples {
  const root = readHdf5(bytes, { name, limits });
  const format = root.attributes.has("format") ? root.attributes.get("format")?.readString() : undefined;
  if (format !== FORMAT)
    throw new FileError(`these are no samples of keras-ts. Received: format=${format ?? "none"}`, { file: name });
  const version = numberOf(root, "version", name);
  if (version !== VERSION)
    throw new FileError(`samples of version ${VERSION} are read. Received: version=${version}`, { file: name });
  const samples: Samples = {
    file: name,
    keras: root.attributes.get("keras")?.readString() ?? "",
    relative: numberOf(root, "relative", name),
    inputs: listOf(root, "inputs", name).map((item) => arrayOf(item, name)),
    outputs: listOf(root, "outputs", name).map((item) => outputOf(item, name)),
    layers: listOf(root, "layers", name).map((item) => ({ ...outputOf(item, name), name: nameOf(item, name) })),
  };
  if (samples.inputs.length === 0 || samples.outputs.length === 0)
    throw new FileError("samples have inputs and outputs. Received: none of one of them", { file: name });
  return samples;
}

/** The datasets `0`, `1`, … of a group. */
function listOf(root: Hdf5Group, name: string, file: string): Hdf5Dataset[] {
  const group = root.get(name);
  if (group?.kind !== "group") throw new FileError("a group is missing.", { file, path: `/${name}` });
  return Array.from({ length: [...group.entries()].length }, (_, i) => {
    const item = group.get(String(i));
    if (item?.kind === "dataset") return item;
    throw new FileError("an array is missing.", { file, path: `/${name}/${i}` });
  });
}

function arrayOf(item: Hdf5Dataset, file: string): SampleArray {
  const { dtype, path, offset, shape } = item;
  const data = dtype === "float32" || dtype === "int32" ? item.read() : null;
  if (data instanceof Float32Array || data instanceof Int32Array) return { shape, data: Float32Array.from(data) };
  throw new FileError(`arrays are float32 or int32. Received: dtype=${dtype}`, { file, path, offset });
}

function outputOf(item: Hdf5Dataset, file: string): SampleOutput {
  return { ...arrayOf(item, file), absolute: numberOf(item, "absolute", file) };
}

/** An attribute that is a number of at least 0. */
function numberOf(item: Hdf5Dataset | Hdf5Group, name: string, file: string): number {
  const attribute = item.attributes.get(name);
  const value = attribute?.size === 1 ? Number(attribute.read()[0]) : Number.NaN;
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new FileError(`${name} must be a number of at least 0. Received: ${value}`, {
    file,
    path: `${item.path}@${name}`,
  });
}

function nameOf(item: Hdf5Dataset, file: string): string {
  const name = item.attributes.get("name");
  if (name) return name.readString();
  throw new FileError("the layer's name is missing.", { file, path: item.path });
}
