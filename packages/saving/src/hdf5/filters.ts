// Filter pipelines of chunks: what is said in the message, and undoing deflate, shuffle and fletcher32.

import { inflateExactly } from "../inflate.ts";
import { adler32, fletcher32 } from "./checksums.ts";
import type { Cursor, FileBytes } from "./file-bytes.ts";

/** One filter of a pipeline, with its parameters. */
export interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const OTHERS: Readonly<Record<number, string>> = { 4: "szip", 5: "nbit", 6: "scaleoffset", 32000: "LZF" };

/** Reads a filter pipeline message; a filter that cannot be undone is refused with its name. */
export function readFilters(cursor: Cursor): Filter[] {
  const start = cursor.position;
  const version = cursor.uint8();
  if (version !== 1 && version !== 2)
    cursor.fail(`a filter pipeline of an unknown version. Received: version=${version}.`, start);
  const count = cursor.uint8();
  if (count > 32) cursor.fail(`HDF5 has at most 32 filters. Received: ${count}.`, start);
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => readFilter(cursor, version));
}

function readFilter(cursor: Cursor, version: number): Filter {
  const id = cursor.uint16();
  const named = version === 1 || id >= 256;
  const nameBytes = named ? cursor.uint16() : 0;
  cursor.skip(2); // whether the filter may be left out
  const count = cursor.uint16();
  const name = cursor.text(version === 1 ? (nameBytes + 7) & ~7 : nameBytes);
  if (id !== DEFLATE && id !== SHUFFLE && id !== FLETCHER32)
    cursor.refuse(`values compressed by ${OTHERS[id] ?? `filter ${id} ("${name}")`} are not read; deflate (gzip) is.`);
  const values = Array.from({ length: count }, () => cursor.uint32());
  if (version === 1 && count % 2 === 1) cursor.skip(4);
  return { id, values };
}

/** A stored chunk, and how many bytes it must have once the filters are undone. */
export interface StoredChunk {
  readonly stored: Uint8Array;
  readonly bytes: number;
  /** Bit i: filter i was left out for this chunk. */
  readonly mask: number;
  /** Byte offset in the file. */
  readonly offset: number;
}

/** The bytes of a chunk before its filters ran; a view of the file where none did. */
export function undoFilters(file: FileBytes, path: string, filters: readonly Filter[], chunk: StoredChunk): Uint8Array {
  let data = chunk.stored;
  for (let index = filters.length - 1; index >= 0; index--) {
    const filter = filters[index] as Filter;
    if (chunk.mask & (1 << index)) continue;
    if (filter.id === FLETCHER32) data = checkFletcher32(file, path, data, chunk.offset);
    else if (filter.id === SHUFFLE) data = unshuffle(file, path, data, filter.values[0] ?? 1, chunk.offset);
    else
      data = inflate(
        file,
        path,
        data,
        chunk,
        filters.slice(0, index).some(({ id }) => id === FLETCHER32),
      );
  }
  if (data.length !== chunk.bytes)
    file.fail(
      `a chunk has the wrong size. Received: bytes=${data.length}, expected ${chunk.bytes}.`,
      path,
      chunk.offset,
    );
  return data;
}

function checkFletcher32(file: FileBytes, path: string, data: Uint8Array, offset: number): Uint8Array {
  if (data.length < 4) file.fail("a chunk is too short for its checksum.", path, offset);
  const values = data.subarray(0, -4);
  const stored = new DataView(data.buffer, data.byteOffset + values.length, 4).getUint32(0, true);
  if (stored !== fletcher32(values)) file.fail("the fletcher32 checksum of a chunk does not match.", path, offset);
  return values;
}

/** Byte 0 of all elements, then byte 1 of all, …; what does not fill an element stays at the end. */
function unshuffle(file: FileBytes, path: string, data: Uint8Array, width: number, offset: number): Uint8Array {
  if (width <= 1 || data.length < width) return data;
  file.budget.decode(data.length, path, offset);
  const count = Math.floor(data.length / width);
  const out = new Uint8Array(data.length);
  for (let byte = 0; byte < width; byte++)
    for (let index = 0, at = byte * count; index < count; index++)
      out[index * width + byte] = data[at + index] as number;
  out.set(data.subarray(count * width), count * width);
  return out;
}

/** A zlib stream (RFC 1950): two bytes in front of the deflate stream, a checksum of the values behind it. */
function inflate(
  file: FileBytes,
  path: string,
  data: Uint8Array,
  chunk: StoredChunk,
  checksummed: boolean,
): Uint8Array {
  const fail = (reason: string): never => file.fail(`a compressed chunk ${reason}.`, path, chunk.offset);
  const bytes = chunk.bytes + (checksummed ? 4 : 0);
  const [method, flags] = data;
  if (method === undefined || flags === undefined || data.length < 6) return fail("is too short");
  if ((method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || flags & 0x20) fail("is no zlib stream");
  file.budget.decode(bytes, path, chunk.offset);
  let out: Uint8Array;
  try {
    out = inflateExactly(data.subarray(2, -4), bytes);
  } catch (error) {
    return fail(`does not inflate: ${error instanceof Error ? error.message : error}`);
  }
  const stored = new DataView(data.buffer, data.byteOffset + data.length - 4, 4).getUint32(0);
  if (stored !== adler32(out)) fail("does not match its checksum (adler32)");
  return out;
}
