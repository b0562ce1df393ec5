/** The header of a `.npy` file. Source: `numpy.lib.format`, versions 1 to 3. */
import type { NumberDType } from "../hdf5/datatype.ts";
import type { FileBytes } from "../hdf5/file-bytes.ts";

/** What a file says of its array. */
export interface NpyHeader {
  readonly dtype: NumberDType | "bool";
  /** Bytes of an element. */
  readonly width: number;
  readonly bigEndian: boolean;
  /** Whether the first axis is the fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly start: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** By numpy's letter and bytes. */
const DTYPES: Readonly<Record<string, NumberDType | "bool">> = {
  ...{ f2: "float16", f4: "float32", f8: "float64", b1: "bool" },
  ...{ i1: "int8", i2: "int16", i4: "int32", i8: "int64" },
  ...{ u1: "uint8", u2: "uint16", u4: "uint32", u8: "uint64" },
  // numpy has no bfloat16: those of ml_dtypes are written as two bytes of no type.
  V2: "bfloat16",
};

/** Reads the header of the file; `path` is the member of an archive. Throws FileError, and UnsupportedError for values that are no numbers. */
export function readNpyHeader(file: FileBytes, path: string): NpyHeader {
  const { bytes, view } = file;
  const need = (size: number) => {
    if (bytes.length < size) file.fail(`a .npy file ends in its header. Received: bytes=${bytes.length}.`, path, 0);
  };
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) file.fail("expected a .npy file.", path, 0);
  need(10);
  const version = view.getUint8(6);
  if (version < 1 || version > 3) file.refuse(`version ${version} of .npy is not read.`, path, 6);
  const lengthBytes = version === 1 ? 2 : 4;
  need(8 + lengthBytes);
  const start = 8 + lengthBytes + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  need(start);
  const text = file.utf8(bytes.subarray(8 + lengthBytes, start), path, 8 + lengthBytes);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (order === undefined || sizes === undefined)
    return file.fail(`a header without order or shape. Received: ${text.trim().slice(0, 200)}.`, path, 0);
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  return { ...readType(text, file, path), fortranOrder: order === "True" && shape.length > 1, shape, start };
}

function readType(text: string, file: FileBytes, path: string): Pick<NpyHeader, "dtype" | "width" | "bigEndian"> {
  const [, order, type = ""] = /'descr'\s*:\s*'([<>|=]?)([A-Za-z]\d*)'/.exec(text) ?? [];
  const dtype = Object.hasOwn(DTYPES, type) ? DTYPES[type] : undefined;
  if (dtype) return { dtype, width: Number(type.slice(1)), bigEndian: order === ">" };
  const what = type === "O" ? "pickled Python objects are not read" : "only numbers are read";
  return file.refuse(`${what}. Received: ${text.trim().slice(0, 200)}.`, path, 0);
}
