// The checksum of HDF5's newer structures: Bob Jenkins' public-domain lookup3 ("hashlittle") with an initial value of 0.

const START = 0xdeadbeef;

/** The 32-bit checksum of these bytes, unsigned. */
export function lookup3(bytes: Uint8Array): number {
  const { length } = bytes;
  if (length === 0) return START;
  let a = (START + length) | 0;
  let b = a;
  let c = a;
  let offset = 0;
  for (; length - offset > 12; offset += 12) {
    a = (a + word(bytes, offset)) | 0;
    b = (b + word(bytes, offset + 4)) | 0;
    c = (c + word(bytes, offset + 8)) | 0;
    a = ((a - c) ^ rotate(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotate(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 4)) | 0;
    b = (b + a) | 0;
  }
  // the last 1 to 12 bytes, missing ones as zeros
  a = (a + word(bytes, offset)) | 0;
  b = (b + word(bytes, offset + 4)) | 0;
  c = (c + word(bytes, offset + 8)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** Four bytes, little-endian; those beyond the end are zeros. */
function word(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset] ?? 0) |
    ((bytes[offset + 1] ?? 0) << 8) |
    ((bytes[offset + 2] ?? 0) << 16) |
    ((bytes[offset + 3] ?? 0) << 24)
  );
}
