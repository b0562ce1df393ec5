/** Writes an array as `numpy.save` does: version 1, row-major, little-endian. Source: `numpy.lib.format`. */
import type { NumberArray } from "../keras/training-state.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
const ALIGNMENT = 64; // of the values, in bytes

/** The bytes of a `.npy` file. */
export function writeNpy({ dtype, shape, data }: NumberArray & { readonly dtype: "float32" | "int32" }): Uint8Array {
  const type = dtype === "float32" ? "<f4" : "<i4";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((MAGIC.length + 2 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + data.byteLength).fill(0x20, 0, start);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint16(MAGIC.length, start - MAGIC.length - 2, true);
  bytes.set(new TextEncoder().encode(text), MAGIC.length + 2);
  bytes[start - 1] = 0x0a;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}
