// The checksums of filtered chunks: zlib's adler32 (RFC 1950) and HDF5's fletcher32.

/** Adler's checksum, unsigned. */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let start = 0; start < bytes.length; start += 3800) {
    const end = Math.min(start + 3800, bytes.length); // so many sums stay below 2^32
    for (let index = start; index < end; index++) {
      a += bytes[index] as number;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

/** Fletcher's checksum over big-endian 16-bit words, as HDF5 computes it: sums are folded, so that 0xffff stands for 0. Unsigned. */
export function fletcher32(bytes: Uint8Array): number {
  let first = 0;
  let second = 0;
  const even = bytes.length & ~1;
  for (let start = 0; start < even; start += 720) {
    const end = Math.min(start + 720, even); // 360 words, as there: the folding shows in the result
    for (let index = start; index < end; index += 2) {
      first += ((bytes[index] as number) << 8) | (bytes[index + 1] as number);
      second += first;
    }
    first = fold(first);
    second = fold(second);
  }
  if (even < bytes.length) {
    first += (bytes[even] as number) << 8;
    second += first;
    first = fold(first);
    second = fold(second);
  }
  return ((fold(second) << 16) | fold(first)) >>> 0;
}

function fold(sum: number): number {
  return (sum & 0xffff) + Math.floor(sum / 65536);
}
