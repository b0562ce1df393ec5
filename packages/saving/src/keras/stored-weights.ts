/** What a file of weights offers to the loader, whatever its format: arrays, in groups by Keras's paths. */

/** One array of a file. */
export interface StoredArray {
  /** Where it is: `layers/conv1d/vars/0`. */
  readonly path: string;
  readonly shape: readonly number[];
  /** Keras's name: "float32", "bfloat16", "int64", …; the format's own where Keras has none. */
  readonly dtype: string;
  /**
   * The values as float32, rounded to the nearest as Keras casts them. The array is the caller's where `owned`, else it may be a view of
   * the file. Throws FileError where they are damaged, UnsupportedError where they are no numbers.
   */
  read(): { readonly values: Float32Array; readonly owned: boolean };
}

/** The arrays of an object's `vars` group by name ("0", "1", …). */
export type StoredVariables = ReadonlyMap<string, StoredArray>;

/** A file of weights. */
export interface StoredWeights {
  /** The name that errors give. */
  readonly file: string;
  /** The variables of the object at a path; null where the file has no such group. */
  variables(path: string): StoredVariables | null;
  /** The paths of all objects that have variables. */
  objectPaths(): readonly string[];
  /** How many values all arrays have together. */
  valueCount(): number;
}
