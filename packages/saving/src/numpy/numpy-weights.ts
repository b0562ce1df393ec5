/** Weights in numpy's files: `numpy.savez(file, **{w.path: w for w in model.weights})`, `numpy.savez(file, *model.get_weights())`, `numpy.save`. */
import { FileError } from "../file-error.ts";
import type { SourceBytes } from "../keras/source.ts";
import type { StoredArray } from "../keras/stored-weights.ts";
import { Budget, type FileLimits } from "../limits.ts";
import { readZip } from "../zip/read-zip.ts";
import { readNpy } from "./read-npy.ts";

/** Arrays by their names. */
export class NumpyWeights {
  readonly file: string;
  readonly arrays: ReadonlyMap<string, StoredArray>;

  private constructor(file: string, arrays: ReadonlyMap<string, StoredArray>) {
    this.file = file;
    this.arrays = arrays;
  }

  /** One array, which numpy would call `arr_0` in an archive. Throws FileError, or UnsupportedError for what has no numbers. */
  static ofArray({ bytes, name, owned }: SourceBytes, limits: FileLimits = {}): NumpyWeights {
    const budget = new Budget(name, bytes.length, limits);
    return new NumpyWeights(name, new Map([["arr_0", readNpy({ bytes, name, path: "arr_0", owned, budget })]]));
  }

  /** All members of an archive. Throws as `ofArray`, also for members that are no arrays. */
  static ofArchive({ bytes, name, owned }: SourceBytes, limits: FileLimits = {}): NumpyWeights {
    const archive = readZip(bytes, { name, limits });
    const budget = new Budget(name, bytes.length, limits);
    const arrays = new Map<string, StoredArray>();
    for (const member of archive.names()) {
      const found = archive.read(member);
      if (!found || !member.endsWith(ENDING))
        throw new FileError("a .npz archive has arrays only, in .npy files.", { file: name, path: member });
      const path = member.slice(0, -ENDING.length);
      const isOwned = owned || found.buffer !== bytes.buffer;
      arrays.set(path, readNpy({ bytes: found, name, path, owned: isOwned, budget }));
    }
    return new NumpyWeights(name, arrays);
  }

  /** In the order of their numbers where all are called `arr_0`, `arr_1`, …; else null: names are paths of weights. */
  get list(): readonly StoredArray[] | null {
    const list: StoredArray[] = [];
    for (let i = 0; i < this.arrays.size; i++) {
      const array = this.arrays.get(`arr_${i}`);
      if (!array) return null;
      list.push(array);
    }
    return list;
  }

  /** How many values all arrays have together. */
  valueCount(): number {
    const sizes = Array.from(this.arrays.values(), ({ shape }) => shape.reduce((product, size) => product * size, 1));
    return sizes.reduce((sum, size) => sum + size, 0);
  }
}

/** Of a member's name. */
export const ENDING = ".npy";

/** Whether an archive holds arrays of numpy, and is no `.keras` file. */
export function isNpz({ bytes, name }: SourceBytes, limits: FileLimits = {}): boolean {
  const names = readZip(bytes, { name, limits }).names();
  return names.length > 0 && names.every((member) => member.endsWith(ENDING));
}
