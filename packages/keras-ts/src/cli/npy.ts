/** Arrays of NumPy: `.npy` (format versions 1 to 3, C order) read and written. Source: `numpy.lib.format`. */

/** A row-major array. */
export interface NumberArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

type Reader = (view: DataView, at: number) => number;

/** Types that are read, by numpy's name without byte order: bytes an element, and how one is read. */
const TYPES: Readonly<Record<string, readonly [number, (littleEndian: boolean) => Reader]>> = {
  f4: [4, (little) => (view, at) => view.getFloat32(at, little)],
  f8: [8, (little) => (view, at) => view.getFloat64(at, little)],
  i1: [1, () => (view, at) => view.getInt8(at)],
  u1: [1, () => (view, at) => view.getUint8(at)],
  b1: [1, () => (view, at) => view.getUint8(at)],
  i2: [2, (little) => (view, at) => view.getInt16(at, little)],
  u2: [2, (little) => (view, at) => view.getUint16(at, little)],
  i4: [4, (little) => (view, at) => view.getInt32(at, little)],
  u4: [4, (little) => (view, at) => view.getUint32(at, little)],
  i8: [8, (little) => (view, at) => Number(view.getBigInt64(at, little))],
};
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ALIGNMENT = 64; // numpy's, of where the values begin

/** The array, as float32. Throws an `Error` that says what is wrong with the bytes. */
export function readNpy(bytes: Uint8Array): NumberArray {
  if (bytes.length < 12 || MAGIC.some((byte, at) => bytes[at] !== byte)) throw new Error("this is no .npy file.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = view.getUint8(6) === 1 ? 10 : 12;
  const start = begin + (begin === 10 ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = new TextDecoder().decode(bytes.subarray(begin, start));
  const [, order = "", type = ""] = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z]\d+)'/.exec(header) ?? [];
  const [, sizes] = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(header) ?? [];
  const known = TYPES[type];
  if (!known || sizes === undefined)
    throw new Error(`arrays of numbers of up to 64 bits are read. Received: ${JSON.stringify(header.trim())}`);
  const shape = [...sizes.matchAll(/\d+/g)].map(Number);
  if (/'fortran_order'\s*:\s*True/.test(header) && shape.length > 1)
    throw new Error("the array is in Fortran order: save numpy.ascontiguousarray of it.");
  const [elementBytes, reader] = known;
  const count = shape.reduce((product, size) => product * size, 1);
  if (bytes.length - start !== count * elementBytes)
    throw new Error(
      `shape (${shape.join(", ")}) of ${type} takes ${count * elementBytes} bytes. Received: ${bytes.length - start}`,
    );
  const read = reader(order !== ">");
  return { shape, data: Float32Array.from({ length: count }, (_, i) => read(view, start + i * elementBytes)) };
}

/** The bytes of a `.npy` file as numpy writes it. */
export function writeNpy({ shape, data }: NumberArray): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((10 + header.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + 4 * data.length);
  bytes.set([...MAGIC, 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${header.padEnd(start - 11)}\n`), 10);
  for (const [i, value] of data.entries()) view.setFloat32(start + 4 * i, value, true);
  return bytes;
}
