/**
 * Reads `.npy` (format versions 1 to 3) with npyjs, which never compares the length of the data with the shape: this
 * checks it, and refuses what a suite must not hold (big-endian, Fortran order, types without a number).
 */
import { parse } from "npyjs";
import { type NdArray, sizeOf } from "./nd-array.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Element types a suite may hold, with their bytes. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = { f4: 4, f8: 8, i4: 4, i8: 8, u1: 1, b1: 1 };

export interface NpyHeader {
  /** numpy's type string without its byte order: `f4`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Where the data begin. */
  readonly dataStart: number;
}

/** The header; throws an `Error` that says what is wrong with the file. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length < 10 || MAGIC.some((byte, at) => bytes[at] !== byte)) {
    throw new Error(`not an .npy file (${bytes.length} bytes, no \\x93NUMPY at the start)`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = view.getUint8(6);
  if (major < 1 || major > 3) throw new Error(`.npy format version ${major} is not known`);
  const lengthBytes = major === 1 ? 2 : 4;
  if (bytes.length < 8 + lengthBytes) throw new Error("truncated inside the .npy header");
  const headerLength = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataStart = 8 + lengthBytes + headerLength;
  if (bytes.length < dataStart) throw new Error("truncated inside the .npy header");
  const text = new TextDecoder().decode(bytes.subarray(8 + lengthBytes, dataStart));
  const descr = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z]\d*)'/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(text);
  if (!descr || !order || !shape) throw new Error(`unreadable .npy header ${JSON.stringify(text.trim())}`);
  const [, byteOrder = "", type = ""] = descr;
  if (byteOrder === ">") throw new Error(`big-endian data (${byteOrder}${type}); suites are little-endian`);
  if (!(type in ELEMENT_BYTES)) throw new Error(`element type ${byteOrder}${type} is not one a suite may hold`);
  const sizes = (shape[1] ?? "")
    .split(",")
    .map((n) => n.trim())
    .filter((n) => n !== "")
    .map(Number);
  if (order[1] === "True" && sizes.length > 1) throw new Error("Fortran order; suites are in C order");
  return { type, shape: sizes, dataStart };
}

/** Parses and checks a file; integers and booleans come back as float32. Throws an `Error` saying what is wrong. */
export function readNpy(bytes: Uint8Array): NdArray & { readonly type: string } {
  const { type, shape, dataStart } = readNpyHeader(bytes);
  const wanted = sizeOf(shape) * (ELEMENT_BYTES[type] ?? 0);
  const found = bytes.length - dataStart;
  if (found < wanted)
    throw new Error(`truncated: ${found} bytes of data where shape (${shape}) of ${type} needs ${wanted}`);
  if (found > wanted) throw new Error(`${found - wanted} trailing bytes after the data of shape (${shape}) of ${type}`);
  if (wanted === 0) return { type, shape, data: type === "f8" ? new Float64Array(0) : new Float32Array(0) };
  const { data } = parse(aligned(bytes, dataStart));
  if (data instanceof Float32Array || data instanceof Float64Array) return { type, shape, data };
  return { type, shape, data: Float32Array.from(integers(data), Number) };
}

/** A copy of its own (Node's Buffers share one pool) whose data begin at a multiple of 8, which npyjs takes for granted. */
function aligned(bytes: Uint8Array, dataStart: number): ArrayBuffer {
  const preamble = bytes[6] === 1 ? 10 : 12;
  const padding = (8 - (dataStart % 8)) % 8;
  const copy = new Uint8Array(bytes.length + padding);
  copy.set(bytes.subarray(0, dataStart - 1));
  copy.fill(0x20, dataStart - 1, dataStart - 1 + padding); // before the newline that ends the header
  copy.set(bytes.subarray(dataStart - 1), dataStart - 1 + padding);
  const view = new DataView(copy.buffer);
  if (preamble === 10) view.setUint16(8, dataStart + padding - preamble, true);
  else view.setUint32(8, dataStart + padding - preamble, true);
  return copy.buffer;
}

function integers(data: unknown): Iterable<number | bigint | boolean> {
  if (data instanceof Int32Array || data instanceof Uint8Array || data instanceof BigInt64Array || Array.isArray(data))
    return data;
  throw new Error("npyjs gave an array of an unexpected type");
}
