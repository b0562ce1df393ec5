// Values that are stored in chunks, put together in row-major order.

import type { ChunkGrid, ChunkPlace } from "./chunk-grid.ts";
import { visitChunks } from "./chunk-index.ts";
import type { Dataspace } from "./dataspace.ts";
import type { FileBytes } from "./file-bytes.ts";
import { type Filter, undoFilters } from "./filters.ts";
import type { Layout } from "./layout.ts";

/** What is known of a dataset of chunks. */
export interface ChunkedDataset {
  readonly layout: Extract<Layout, { kind: "chunked" }>;
  readonly space: Dataspace;
  readonly filters: readonly Filter[];
  readonly elementBytes: number;
  /** The bytes of an element that was never written; zeros if null. */
  readonly fill: Uint8Array | null;
}

/** The bytes of all elements; a chunk that was never written is filled. `offset` is a place to name in errors. */
export function readChunks(file: FileBytes, path: string, dataset: ChunkedDataset, offset: number): Uint8Array {
  const { layout, space, filters, elementBytes } = dataset;
  const { shape, largest } = space;
  const fail = (reason: string): never => file.fail(reason, path, offset);
  if (layout.chunk.length !== shape.length)
    fail(`chunks of ${layout.chunk.length} axes in a dataset of ${shape.length}.`);
  if (layout.elementBytes !== elementBytes)
    fail(`chunks of elements of ${layout.elementBytes} bytes in a dataset of elements of ${elementBytes}.`);
  const bytes = shape.reduce((product, size) => product * size, elementBytes);
  file.budget.decode(bytes, path, offset);
  const out = filled(bytes, dataset.fill);
  const chunkBytes = layout.chunk.reduce((product, size) => product * size, elementBytes);
  const inChunks = (size: number, axis: number): number => Math.ceil(size / (layout.chunk[axis] as number));
  const grid: ChunkGrid = {
    file,
    path,
    layout,
    counts: largest.map((size, axis) => (size === null ? null : inChunks(size, axis))),
    present: shape.map(inChunks),
    chunkBytes,
    filtered: filters.length > 0,
  };
  visitChunks(grid, (chunk) => {
    file.budget.decode(chunkBytes, path, file.base + chunk.address);
    const stored = file.at(chunk.address, path, chunk.bytes).take(chunk.bytes);
    const active = layout.plainEdges && reachesOver(chunk, dataset) ? [] : filters;
    const place = { stored, bytes: chunkBytes, mask: chunk.mask, offset: file.base + chunk.address };
    copyChunk(out, undoFilters(file, path, active, place), chunk.at, dataset);
  });
  return out;
}

/** `bytes` zeros, or copies of one element. */
export function filled(bytes: number, element: Uint8Array | null): Uint8Array {
  const out = new Uint8Array(bytes);
  if (bytes === 0 || !element?.some((byte) => byte !== 0)) return out;
  out.set(element);
  for (let done = element.length; done < bytes; done *= 2) out.copyWithin(done, 0, done);
  return out;
}

function reachesOver(chunk: ChunkPlace, { layout, space }: ChunkedDataset): boolean {
  return chunk.at.some((at, axis) => (at + 1) * (layout.chunk[axis] as number) > (space.shape[axis] as number));
}

/** Copies the part of a chunk that lies in the shape, run by run along the last axis. */
function copyChunk(out: Uint8Array, data: Uint8Array, at: readonly number[], dataset: ChunkedDataset): void {
  const { layout, space, elementBytes } = dataset;
  const { shape } = space;
  const rank = shape.length;
  const starts = at.map((position, axis) => position * (layout.chunk[axis] as number));
  const sizes = starts.map((start, axis) => Math.min(layout.chunk[axis] as number, (shape[axis] as number) - start));
  const run = (sizes[rank - 1] as number) * elementBytes;
  const copyAxis = (axis: number, from: number, to: number): void => {
    if (axis === rank - 1) {
      out.set(data.subarray(from * elementBytes, from * elementBytes + run), to * elementBytes);
      return;
    }
    for (let index = 0; index < (sizes[axis] as number); index++)
      copyAxis(
        axis + 1,
        (from + index) * (layout.chunk[axis + 1] as number),
        (to + index) * (shape[axis + 1] as number) + (starts[axis + 1] as number),
      );
  };
  copyAxis(0, 0, starts[0] as number);
}
