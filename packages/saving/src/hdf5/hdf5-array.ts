// What datasets and attributes are to users: a shape, a type and values that are read when asked for.

import type { Datatype, Hdf5DType } from "./datatype.ts";
import type { FileBytes } from "./file-bytes.ts";
import type { Hdf5Values } from "./values.ts";

/** An array in an HDF5 file. */
export abstract class Hdf5Array {
  /** Sizes of the axes; none for a scalar. */
  abstract readonly shape: readonly number[];
  /** @internal */
  abstract readonly type: Datatype;

  /** @internal */
  readonly file: FileBytes;
  /** Where it is: `/layers/conv2d/vars/0`, or `/layers/conv2d/vars@name` for an attribute. */
  readonly path: string;
  /** Byte offset in the file of its description. */
  readonly offset: number;

  /** @internal */
  constructor(file: FileBytes, path: string, offset: number) {
    this.file = file;
    this.path = path;
    this.offset = offset;
  }

  /** numpy's name for the type of an element. Throws UnsupportedError where elements are of a kind that is not read. */
  get dtype(): Hdf5DType {
    const { type } = this;
    if (type.kind === "number") return type.dtype;
    if (type.kind === "opaque") return "opaque";
    if (type.kind === "unsupported")
      return this.file.refuse(`values of ${type.what} are not read.`, this.path, this.offset);
    return "string";
  }

  /** Bytes of an element in the file. */
  get elementBytes(): number {
    return this.type.bytes;
  }

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((product, size) => product * size, 1);
  }

  /**
   * All values, row-major: a typed array of the dtype (float16 and bfloat16 as float32, bool as 0 and 1 and opaque as bytes), or strings.
   * **May be a view of the file's own bytes**: change a copy. Throws FileError for what is damaged or beyond the limits, UnsupportedError for
   * what is not read.
   */
  abstract read(): Hdf5Values;

  /** The value of one string. Throws FileError where there is anything else. */
  readString(): string {
    const strings = this.readStrings();
    if (strings.length !== 1) this.#fail("one string");
    return strings[0] as string;
  }

  /** All values, which must be strings; an array without elements of any type is none, as h5py writes an empty list. Throws FileError otherwise. */
  readStrings(): string[] {
    if (this.size === 0) return [];
    const values = this.dtype === "string" ? this.read() : this.#fail("strings");
    return Array.isArray(values) ? values : this.#fail("strings");
  }

  #fail(expected: string): never {
    const received = `dtype=${this.dtype}, shape=[${this.shape.join(", ")}]`;
    return this.file.fail(`expected ${expected}. Received: ${received}.`, this.path, this.offset);
  }
}
