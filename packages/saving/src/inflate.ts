// Inflating deflate streams (RFC 1951) by fflate, up to a size that is known and no further.

import { Inflate, inflateSync } from "fflate";

/** Input that is inflated at once: it gives at most 1,032 times as much. */
const PIECE = 16_384;

/** How many times its input a deflate stream can be. */
export const MOST_INFLATION = 1032;

/**
 * The bytes of a stream that must have `bytes` of them. A longer one is left within a piece after that size, so that time and memory
 * follow from the two sizes that are given. Throws an Error with the reason, for the caller to say where.
 */
export function inflateExactly(stream: Uint8Array, bytes: number): Uint8Array {
  if (bytes > stream.length * MOST_INFLATION) throw new Error(`${stream.length} bytes cannot inflate to ${bytes}`);
  const out = new Uint8Array(bytes + 1); // one byte more, so that a longer stream shows
  const length = stream.length <= PIECE ? inflateSync(stream, { out }).length : inflatePieces(stream, out);
  if (length !== bytes)
    throw new Error(`inflates to ${length > bytes ? "more" : `${length} bytes`}, declared are ${bytes}`);
  return out.subarray(0, bytes);
}

/** Inflates into `out`; returns how many bytes there are, of which those beyond `out` are dropped. */
function inflatePieces(stream: Uint8Array, out: Uint8Array): number {
  let length = 0;
  const inflate = new Inflate((data) => {
    if (length < out.length) out.set(data.subarray(0, out.length - length), length);
    length += data.length;
  });
  for (let at = 0; at < stream.length && length < out.length; at += PIECE)
    inflate.push(stream.subarray(at, at + PIECE), at + PIECE >= stream.length);
  return length;
}
