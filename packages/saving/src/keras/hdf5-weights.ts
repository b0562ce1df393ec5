/** A `.weights.h5` file as the loader sees it. Source: `H5IOStore` of `keras.src.saving.saving_lib`. */
import { unsupportedInFile } from "../file-error.ts";
import type { Hdf5Dataset } from "../hdf5/hdf5-dataset.ts";
import type { Hdf5Group } from "../hdf5/hdf5-group.ts";
import { readHdf5 } from "../hdf5/read-hdf5.ts";
import type { FileLimits } from "../limits.ts";
import type { SourceBytes } from "./source.ts";
import type { StoredArray, StoredVariables, StoredWeights } from "./stored-weights.ts";

/** Arrays in `<path>/vars`. */
export class Hdf5Weights implements StoredWeights {
  readonly file: string;
  readonly root: Hdf5Group;
  /** Whether the arrays may stay where they are in the file's bytes. */
  readonly owned: boolean;
  #found: readonly Hdf5Dataset[] | null = null;

  /** Throws FileError for bytes that are no HDF5 file. */
  constructor({ bytes, name, owned }: SourceBytes, limits: FileLimits = {}) {
    this.file = name;
    this.root = readHdf5(bytes, { name, limits });
    this.owned = owned;
  }

  variables(path: string): StoredVariables | null {
    const group = this.#vars(path) ?? (this.#isFromKeras213 ? this.#vars(oldPath(path)) : null);
    if (!group) return null;
    const arrays = new Map<string, StoredArray>();
    for (const [name, child] of group.entries()) if (child.kind === "dataset") arrays.set(name, this.array(child));
    return arrays;
  }

  objectPaths(): readonly string[] {
    const paths = this.#datasets.map(({ path }) => objectOf(path));
    return [...new Set(this.#isFromKeras213 ? paths.map(newPath) : paths)];
  }

  valueCount(): number {
    return this.#datasets.reduce((sum, { size }) => sum + size, 0);
  }

  /** All that the file has: one walk through it. */
  get #datasets(): readonly Hdf5Dataset[] {
    this.#found ??= [...this.root.datasets()];
    return this.#found;
  }

  #vars(path: string): Hdf5Group | null {
    const found = this.root.get(path === "" ? "vars" : `${path}/vars`);
    return found?.kind === "group" ? found : null;
  }

  get #isFromKeras213(): boolean {
    return this.root.get(OLD_LAYERS) !== undefined;
  }

  /** A dataset as an array of weights. */
  array(dataset: Hdf5Dataset): StoredArray {
    return {
      path: dataset.path.slice(1),
      shape: dataset.shape,
      dtype: kerasDtype(dataset),
      read: () => {
        const values = asFloat32(dataset, this.file);
        // What is no view was made for this call.
        return { values, owned: this.owned || values.buffer !== dataset.file.bytes.buffer };
      },
    };
  }
}

/** `layers` in the files of TensorFlow 2.13, which wrote the first `.keras` files. */
const OLD_LAYERS = "_layer_checkpoint_dependencies";

function oldPath(path: string): string {
  return path.replaceAll("layers", OLD_LAYERS);
}

function newPath(path: string): string {
  return path.replaceAll(OLD_LAYERS, "layers");
}

/** `/layers/conv1d/vars/0` → `layers/conv1d`; a dataset that lies elsewhere is told by its own path. */
function objectOf(path: string): string {
  return /^\/(?:(.*)\/)?vars\/[^/]*$/.exec(path)?.[1] ?? (path.startsWith("/vars/") ? "" : path.slice(1));
}

/** Keras's name for the type of an array: it writes bfloat16 as two opaque bytes and says so in an attribute. */
export function kerasDtype(dataset: Hdf5Dataset): string {
  if (dataset.dtype !== "opaque") return dataset.dtype;
  const said = dataset.attributes.get("dtype");
  return said && dataset.elementBytes === 2 && said.readString() === "bfloat16" ? "bfloat16" : "opaque";
}

/** The values rounded to float32. */
function asFloat32(dataset: Hdf5Dataset, file: string): Float32Array {
  const { path, offset } = dataset;
  const dtype = kerasDtype(dataset);
  const values = dataset.read();
  if (values instanceof Float32Array) return values;
  if (dtype === "bfloat16" && values instanceof Uint8Array) return fromBfloat16Bytes(values);
  if (dtype === "opaque" || Array.isArray(values))
    throw unsupportedInFile(`weights are numbers. Received: dtype=${dtype}.`, { file, path, offset });
  return values instanceof BigInt64Array || values instanceof BigUint64Array
    ? Float32Array.from(values, Number)
    : new Float32Array(values);
}

/** A bfloat16 is the upper half of a float32, here with its low byte first. */
export function fromBfloat16Bytes(bytes: Uint8Array): Float32Array {
  const bits = new Uint32Array(bytes.length / 2);
  for (let i = 0; i < bits.length; i++) bits[i] = ((bytes[2 * i] ?? 0) << 16) | ((bytes[2 * i + 1] ?? 0) << 24);
  return new Float32Array(bits.buffer);
}
