// A dataset of chunks as its index sees it, and the elements that fixed and extensible arrays are made of.

import type { Cursor, FileBytes } from "./file-bytes.ts";
import type { Layout } from "./layout.ts";

/** A chunk as the index has it. */
export interface ChunkPlace {
  /** Which chunk along each axis. */
  readonly at: readonly number[];
  readonly address: number;
  /** Bytes as stored. */
  readonly bytes: number;
  /** Bit i: filter i was left out. */
  readonly mask: number;
}

/** A dataset of chunks, as its index sees it. */
export interface ChunkGrid {
  readonly file: FileBytes;
  readonly path: string;
  readonly layout: Extract<Layout, { kind: "chunked" }>;
  /**
   * Chunks along each axis when it has grown as far as it may, by which arrays of chunks are numbered; null for an axis without end, of
   * which such arrays take one, as the slowest.
   */
  readonly counts: readonly (number | null)[];
  /** Chunks that lie in the present shape along each axis, those that reach over the edge included. */
  readonly present: readonly number[];
  /** Bytes of a chunk before filters. */
  readonly chunkBytes: number;
  readonly filtered: boolean;
}

/** An element of a fixed or extensible array: an address, and for filtered chunks size and mask. Null where no chunk was written. */
export function readElement(grid: ChunkGrid, element: Cursor): Omit<ChunkPlace, "at"> | null {
  const address = element.address();
  if (address === null) return null;
  if (!grid.filtered) return { address, bytes: grid.chunkBytes, mask: 0 };
  if (element.left < 5 || element.left > 12)
    element.fail(`an element of the wrong size. Received: ${element.left} bytes.`);
  return { address, bytes: element.unsigned(element.left - 4), mask: element.uint32() };
}
