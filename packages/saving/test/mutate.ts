// Damages bytes at random, as disks, networks and enemies do. The same seed gives the same damage.

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A copy with 1 to 4 changes: of bits, bytes, whole numbers and blocks; sometimes cut off. */
export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const out = bytes.slice();
  const upTo = (count: number): number => Math.floor(random() * count);
  for (let change = 1 + upTo(4); change > 0; change--) {
    // structures are where bytes are not zero
    let at = upTo(out.length);
    for (let tries = 0; tries < 8 && out[at] === 0; tries++) at = upTo(out.length);
    const aligned = Math.min(at & ~7, Math.max(0, out.length - 8));
    switch (upTo(6)) {
      case 0:
        out[at] = (out[at] as number) ^ (1 << upTo(8));
        break;
      case 1:
        out[at] = [0, 1, 0x7f, 0x80, 0xff][upTo(5)] as number;
        break;
      case 2:
        out[at] = upTo(256);
        break;
      case 3: // a number of 8 bytes: anything, an address, or an extreme
        writeNumber(
          out,
          aligned,
          [upTo(out.length), upTo(out.length) & ~7, 0, 2 ** 31, 2 ** 53, -1][upTo(6)] as number,
        );
        break;
      case 4: // one block over another
        out.copyWithin(aligned, upTo(out.length), upTo(out.length));
        break;
      default:
        for (let index = aligned; index < aligned + 8; index++) out[index] = upTo(256);
    }
  }
  return random() < 0.05 ? out.slice(0, upTo(out.length)) : out;
}

/** Little-endian in 8 bytes, those there are. */
function writeNumber(out: Uint8Array, at: number, value: number): void {
  const field = new Uint8Array(8);
  new DataView(field.buffer).setBigInt64(0, BigInt(value), true);
  out.set(field.subarray(0, out.length - at), at);
}
