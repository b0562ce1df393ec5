/** An array of a `.npy` file, its length compared with its shape. Source: `numpy.lib.format`. */
import { FileBytes } from "../hdf5/file-bytes.ts";
import { decodeNumbers } from "../hdf5/values.ts";
import type { StoredArray } from "../keras/stored-weights.ts";
import type { Budget } from "../limits.ts";
import { type NpyHeader, readNpyHeader } from "./npy-header.ts";

/** Where the bytes of a `.npy` file come from. */
export interface NpySource {
  readonly bytes: Uint8Array;
  /** The file's, or the archive's, for errors. */
  readonly name: string;
  /** The member of the archive, without `.npy`; what an array of its own is called in a list of arrays. */
  readonly path: string;
  /** Whether nobody else holds the bytes. */
  readonly owned: boolean;
  readonly budget: Budget;
}

/** Reads the header; the values when they are asked for. Throws FileError where the file is damaged, UnsupportedError where it has no numbers. */
export function readNpy({ bytes, name, path, owned, budget }: NpySource): StoredArray {
  const file = new FileBytes(bytes, name, budget);
  const header = readNpyHeader(file, path);
  const { shape, dtype, width, start } = header;
  const expected = shape.reduce((product, size) => product * size, width);
  const found = bytes.length - start;
  if (found !== expected)
    file.fail(`shape [${shape.join(", ")}] of ${dtype} takes ${expected} bytes. Received: ${found}.`, path, start);
  return { path, shape, dtype, read: () => readValues(file, path, header, owned) };
}

function readValues(
  file: FileBytes,
  path: string,
  { dtype, width, bigEndian, shape, fortranOrder, start }: NpyHeader,
  owned: boolean,
): { values: Float32Array; owned: boolean } {
  const stored = { file, path, bytes: file.bytes.subarray(start), offset: start };
  const numbers = decodeNumbers(stored, dtype, width, bigEndian);
  if (!(numbers instanceof Float32Array) || fortranOrder) file.budget.decode(4 * numbers.length, path, start);
  const values = toFloat32(numbers);
  const ordered = fortranOrder ? rowMajor(values, shape) : values;
  return { values: ordered, owned: owned || ordered.buffer !== file.bytes.buffer };
}

function toFloat32(numbers: ReturnType<typeof decodeNumbers>): Float32Array {
  if (numbers instanceof Float32Array) return numbers;
  return numbers instanceof BigInt64Array || numbers instanceof BigUint64Array
    ? Float32Array.from(numbers, Number)
    : new Float32Array(numbers);
}

/** From column-major order, whose first axis is the fastest. */
function rowMajor(values: Float32Array, shape: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  const ordered = new Float32Array(values.length);
  let from = 0;
  for (let to = 0; to < ordered.length; to++) {
    ordered[to] = values[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [size, stride] = [shape[axis] as number, strides[axis] as number];
      const next = (index[axis] as number) + 1;
      from += stride;
      if (next < size) {
        index[axis] = next;
        break;
      }
      from -= size * stride;
      index[axis] = 0;
    }
  }
  return ordered;
}
