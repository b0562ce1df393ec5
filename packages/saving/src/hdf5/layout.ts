// Data layout messages, versions 3 to 5: where the values of a dataset are.

import type { Cursor } from "./file-bytes.ts";

/** How the chunks of a dataset are found. */
export type ChunkIndex =
  | { readonly kind: "b-tree v1" | "b-tree v2" | "fixed array" | "extensible array" | "implicit" }
  /** One chunk only; `bytes` and `mask` where filters run on it. */
  | { readonly kind: "single"; readonly filtered: { readonly bytes: number; readonly mask: number } | null };

/** Where values are; an address is null as long as nothing was written. */
export type Layout =
  | { readonly kind: "compact"; readonly start: number; readonly bytes: number }
  | { readonly kind: "contiguous"; readonly address: number | null; readonly bytes: number }
  | {
      readonly kind: "chunked";
      readonly address: number | null;
      /** Elements of a chunk along each axis. */
      readonly chunk: readonly number[];
      readonly elementBytes: number;
      readonly index: ChunkIndex;
      /** Chunks that reach over the edge are stored without filters. */
      readonly plainEdges: boolean;
    };

const INDEXES = ["", "single", "implicit", "fixed array", "extensible array", "b-tree v2"] as const;

/** Reads a layout message. */
export function readLayout(cursor: Cursor): Layout {
  const start = cursor.position;
  const version = cursor.uint8();
  if (version < 3 || version > 5)
    cursor.refuse(`a data layout of version ${version} is not read; 3 to 5 are, since HDF5 1.6.`);
  const kind = cursor.uint8();
  if (kind === 0) {
    const bytes = cursor.uint16();
    return { kind: "compact", start: cursor.part(bytes).position, bytes };
  }
  if (kind === 1) return { kind: "contiguous", address: cursor.address(), bytes: cursor.length() };
  if (kind === 3) cursor.refuse("a virtual dataset, whose values are in other files, is not read.");
  if (kind !== 2) cursor.fail(`an unknown data layout. Received: class=${kind}.`, start);
  return version === 3 ? readChunked3(cursor) : readChunked4(cursor);
}

function readChunked3(cursor: Cursor): Layout {
  const rank = cursor.uint8();
  const address = cursor.address();
  const sizes = readSizes(cursor, rank, 4);
  return { kind: "chunked", address, ...sizes, index: { kind: "b-tree v1" }, plainEdges: false };
}

/** Version 5, of HDF5 2.0, differs in how wide sizes are in the index, which the index says itself. */
function readChunked4(cursor: Cursor): Layout {
  const flags = cursor.uint8();
  const rank = cursor.uint8();
  const width = cursor.uint8();
  if (width < 1 || width > 8) cursor.fail(`sizes of a chunk take 1 to 8 bytes. Received: ${width}.`);
  const sizes = readSizes(cursor, rank, width);
  const start = cursor.position;
  const kind = INDEXES[cursor.uint8()];
  if (!kind) return cursor.fail("an unknown kind of chunk index.", start);
  const index: ChunkIndex =
    kind === "single"
      ? { kind, filtered: flags & 2 ? { bytes: cursor.length(), mask: cursor.uint32() } : null }
      : { kind };
  // what an array's or tree's header says again
  cursor.skip({ "fixed array": 1, "extensible array": 5, "b-tree v2": 6, single: 0, implicit: 0 }[kind]);
  return { kind: "chunked", address: cursor.address(), ...sizes, index, plainEdges: (flags & 1) === 1 };
}

/** The sizes of a chunk, of which the last is that of an element in bytes. */
function readSizes(cursor: Cursor, rank: number, width: number): { chunk: number[]; elementBytes: number } {
  if (rank < 2 || rank > 33) cursor.fail(`chunks have 1 to 32 axes and one of bytes. Received: ${rank}.`);
  const sizes = Array.from({ length: rank }, () => cursor.unsigned(width));
  if (sizes.includes(0)) cursor.fail(`a chunk without elements. Received: chunk=[${sizes.join(", ")}].`);
  return { chunk: sizes.slice(0, -1), elementBytes: sizes.at(-1) as number };
}
