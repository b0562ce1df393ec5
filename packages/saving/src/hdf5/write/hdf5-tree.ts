// What can be written to an HDF5 file: groups, datasets and attributes as plain data, and what is refused of them.

import { ValueError } from "@keras-ts/core";

/** Element types that are written, by numpy's names; `float16` and `bfloat16` take their 16 bits as they are. */
export interface Hdf5WrittenData {
  readonly float16: Uint16Array;
  readonly bfloat16: Uint16Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int8: Int8Array;
  readonly int16: Int16Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly uint8: Uint8Array;
  readonly uint16: Uint16Array;
  readonly uint32: Uint32Array;
  readonly uint64: BigUint64Array;
  /** 0 and 1. */
  readonly bool: Uint8Array;
  /** Of variable length, UTF-8. */
  readonly string: readonly string[];
}

/** Values with their type and shape; `[]` is the shape of a scalar. `data` is row-major, and is not copied before the file is put together. */
export type Hdf5Written = {
  [D in keyof Hdf5WrittenData]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly data: Hdf5WrittenData[D];
  };
}[keyof Hdf5WrittenData];

/** A text is a scalar, a list of texts an axis of strings. */
export type Hdf5WrittenAttributes = ReadonlyMap<string, string | readonly string[] | Hdf5Written>;

/** A dataset to write. */
export type Hdf5DatasetTree = Hdf5Written & { readonly attributes?: Hdf5WrittenAttributes };

/** A group to write; the order of names is HDF5's, whatever it is here. */
export interface Hdf5GroupTree {
  readonly attributes?: Hdf5WrittenAttributes;
  readonly children: ReadonlyMap<string, Hdf5GroupTree | Hdf5DatasetTree>;
}

/** An attribute's value in its full form. */
export function fullAttribute(value: string | readonly string[] | Hdf5Written): Hdf5Written {
  if (typeof value === "string") return { dtype: "string", shape: [], data: [value] };
  return "dtype" in value ? value : { dtype: "string", shape: [value.length], data: value };
}

/** Throws ValueError for a name that a group cannot hold. */
export function checkName(name: string, path: string): void {
  if (name === "" || name === "." || name.includes("/") || name.includes("\0"))
    throw new ValueError(`writeHdf5: "${path}" cannot hold this name. Received: ${JSON.stringify(name)}.`);
}

/** Throws ValueError unless there are as many values as the shape says, of the array type of their dtype. */
export function checkValues({ dtype, shape, data }: Hdf5Written, path: string): void {
  const fail = (reason: string): never => {
    throw new ValueError(
      `writeHdf5: "${path}" ${reason}. Received: dtype=${dtype}, shape=[${shape.join(", ")}], values=${data.length}.`,
    );
  };
  if (!(dtype in ARRAYS)) fail(`has a dtype that is not written; ${Object.keys(ARRAYS).join(", ")} are`);
  if (shape.length > 32 || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    fail("has an impossible shape");
  if (shape.reduce((product, size) => product * size, 1) !== data.length)
    fail("has more or fewer values than its shape");
  if (!ARRAYS[dtype](data)) fail("has values in an array of another type");
  if (dtype === "string" && data.some((text) => text.includes("\0")))
    fail("has a string with a NUL, which would end it");
}

const ARRAYS: Readonly<Record<keyof Hdf5WrittenData, (data: unknown) => boolean>> = {
  float16: (data) => data instanceof Uint16Array,
  bfloat16: (data) => data instanceof Uint16Array,
  float32: (data) => data instanceof Float32Array,
  float64: (data) => data instanceof Float64Array,
  int8: (data) => data instanceof Int8Array,
  int16: (data) => data instanceof Int16Array,
  int32: (data) => data instanceof Int32Array,
  int64: (data) => data instanceof BigInt64Array,
  uint8: (data) => data instanceof Uint8Array,
  uint16: (data) => data instanceof Uint16Array,
  uint32: (data) => data instanceof Uint32Array,
  uint64: (data) => data instanceof BigUint64Array,
  bool: (data) => data instanceof Uint8Array,
  string: (data) => Array.isArray(data) && data.every((text) => typeof text === "string"),
};
