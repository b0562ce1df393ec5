// Bytes of elements → typed arrays and strings. Little-endian numbers at an aligned place are a view of the file; every JavaScript engine in
// use is little-endian.

import type { Datatype, NumberDType } from "./datatype.ts";
import type { FileBytes } from "./file-bytes.ts";
import type { GlobalHeap } from "./global-heap.ts";

/** Values of a dataset or an attribute, row-major. */
export type Hdf5Values =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | string[];

type NumberValues = Exclude<Hdf5Values, string[]>;

const STRING_BYTES = 32; // of a string in memory beside its text, roughly

/** The bytes of elements, and where they come from. */
export interface StoredValues {
  readonly file: FileBytes;
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Where they, or the object that holds them, lie in the file. */
  readonly offset: number;
}

const ARRAYS: Readonly<
  Record<NumberDType | "bool", new (buffer: ArrayBufferLike, offset: number, length: number) => NumberValues>
> = {
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/** Decodes all elements; `bytes` must be a whole number of them. */
export function decodeValues(stored: StoredValues, type: Datatype, heap: GlobalHeap): Hdf5Values {
  const { file, path, bytes, offset } = stored;
  switch (type.kind) {
    case "number":
      return decodeNumbers(stored, type.dtype, type.bytes, type.bigEndian);
    case "fixed string":
      return decodeFixedStrings(stored, type.bytes, type.padding);
    case "variable string":
      return decodeStrings(stored, type.bytes, heap);
    case "opaque":
      return bytes;
    case "unsupported":
      return file.refuse(`values of ${type.what} are not read.`, path, offset);
  }
}

/** Numbers of either byte order; `bytes` must be a whole number of them. float16 and bfloat16 become float32. */
export function decodeNumbers(
  stored: StoredValues,
  dtype: NumberDType | "bool",
  width: number,
  bigEndian: boolean,
): NumberValues {
  const { file, path, offset } = stored;
  const Values = ARRAYS[dtype];
  let { bytes } = stored;
  if ((bigEndian && width > 1) || bytes.byteOffset % width !== 0) {
    file.budget.decode(bytes.length, path, offset);
    bytes = bytes.slice();
    if (bigEndian) swap(bytes, width);
  }
  const values = new Values(bytes.buffer, bytes.byteOffset, bytes.length / width);
  if (!(values instanceof Uint16Array) || dtype === "uint16") return values;
  file.budget.decode(values.length * 4, path, offset);
  return dtype === "float16" ? fromFloat16(values) : fromBfloat16(values);
}

/** Reverses the bytes of each element, in place. */
function swap(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width)
    for (let low = at, high = at + width - 1; low < high; low++, high--) {
      const byte = bytes[low] as number;
      bytes[low] = bytes[high] as number;
      bytes[high] = byte;
    }
}

function fromFloat16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** A bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

/** Ends of a fixed string: NUL and what follows it (padding 0 and 1), or spaces (2). */
function decodeFixedStrings({ file, path, bytes, offset }: StoredValues, width: number, padding: number): string[] {
  file.budget.check("stringBytes", width, path, offset);
  file.budget.decode(bytes.length + (bytes.length / width) * STRING_BYTES, path, offset);
  return Array.from({ length: bytes.length / width }, (_, index) => {
    const element = bytes.subarray(index * width, (index + 1) * width);
    return file.utf8(element.subarray(0, textBytes(element, padding)), path, offset);
  });
}

function textBytes(element: Uint8Array, padding: number): number {
  if (padding === 0) {
    const nul = element.indexOf(0);
    return nul < 0 ? element.length : nul;
  }
  const pad = padding === 2 ? 0x20 : 0;
  let end = element.length;
  while (end > 0 && element[end - 1] === pad) end--;
  return end;
}

/** Each element is a length, a collection's address and an index in it. */
function decodeStrings({ file, path, bytes, offset }: StoredValues, width: number, heap: GlobalHeap): string[] {
  file.budget.decode((bytes.length / width) * STRING_BYTES, path, offset);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / width }, (_, element) => {
    const at = element * width;
    const index = view.getUint32(at + width - 4, true);
    let address = 0;
    for (let byte = file.addressBytes - 1; byte >= 0; byte--) address = address * 256 + view.getUint8(at + 4 + byte);
    return heap.string({ bytes: view.getUint32(at, true), address, index }, path, offset);
  });
}
