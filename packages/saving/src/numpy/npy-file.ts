/** `.npy` files as users read and write them: inputs and outputs of models. */
import { Budget, type FileLimits } from "../limits.ts";
import { readNpy } from "./read-npy.ts";
import { writeNpy } from "./write-npy.ts";

/** A row-major array of float32 numbers. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Options of `readNpyFile`. */
export interface ReadNpyOptions {
  /** The file's name, for errors. */
  readonly name?: string;
  /** What the file may cost in memory and time, whatever it claims. */
  readonly limits?: FileLimits;
}

/**
 * The array of a `.npy` file, in row-major order and as float32 whatever its type. **May be a view of the file's own bytes**: change a copy.
 * Throws FileError for what is damaged, UnsupportedError where there are no numbers.
 */
export function readNpyFile(bytes: Uint8Array, { name = "(bytes)", limits }: ReadNpyOptions = {}): NpyArray {
  const budget = new Budget(name, bytes.length, limits);
  const { shape, read } = readNpy({ bytes, name, path: "", owned: false, budget });
  return { shape, data: read().values };
}

/** The bytes of a `.npy` file of float32 numbers, as numpy writes it. */
export function writeNpyFile({ shape, data }: NpyArray): Uint8Array {
  return writeNpy({ dtype: "float32", shape, data });
}
