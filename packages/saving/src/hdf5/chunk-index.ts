// The five ways in which HDF5 finds the chunks of a dataset; the two arrays have files of their own.

import { visitBTreeV1 } from "./b-tree-v1.ts";
import { RECORD, visitRecords } from "./b-tree-v2.ts";
import type { ChunkGrid, ChunkPlace } from "./chunk-grid.ts";
import { visitExtensibleArray } from "./extensible-array.ts";
import { visitFixedArray } from "./fixed-array.ts";

/** Visits the chunks that were written and lie in the shape, in the order of the index. */
export function visitChunks(grid: ChunkGrid, visit: (chunk: ChunkPlace) => void): void {
  const { layout, file, path, present } = grid;
  const { address, index } = layout;
  if (address === null || present.includes(0)) return;
  const inside = (chunk: ChunkPlace): void => {
    file.budget.decode(64, path, file.base + chunk.address); // the record itself: an index may have more of them than there are chunks
    if (chunk.at.every((at, axis) => at < (present[axis] as number))) visit(chunk);
  };
  const numbering = numberChunks(grid);
  const nth = (position: number, place: Omit<ChunkPlace, "at">): void =>
    inside({ at: numbering.coordinates(position), ...place });
  switch (index.kind) {
    case "b-tree v1":
      visitTreeV1(grid, address, inside);
      break;
    case "b-tree v2":
      visitTreeV2(grid, address, inside);
      break;
    case "single":
      nth(0, { address, bytes: index.filtered?.bytes ?? grid.chunkBytes, mask: index.filtered?.mask ?? 0 });
      break;
    case "implicit":
      for (let position = 0; position < numbering.total; position++) {
        const chunk = address + position * grid.chunkBytes;
        file.at(chunk, path, grid.chunkBytes);
        nth(position, { address: chunk, bytes: grid.chunkBytes, mask: 0 });
      }
      break;
    case "fixed array":
      visitFixedArray(grid, address, numbering.total, nth);
      break;
    case "extensible array":
      visitExtensibleArray(grid, address, numbering.total, nth);
      break;
  }
}

/** The order of chunks in arrays: row-major, but an axis without end comes first. */
function numberChunks({ counts, present }: ChunkGrid): { total: number; coordinates: (position: number) => number[] } {
  const endless = counts.indexOf(null);
  const axes = counts.map((_count, axis) => axis);
  const order = endless < 0 ? axes : [endless, ...axes.filter((axis) => axis !== endless)];
  const sizes = order.map((axis) => counts[axis] ?? (present[axis] as number));
  const coordinates = (position: number): number[] => {
    const at = new Array<number>(counts.length);
    for (let index = order.length - 1, rest = position; index >= 0; index--) {
      const size = index === 0 ? Number.POSITIVE_INFINITY : (sizes[index] as number);
      at[order[index] as number] = rest % size;
      rest = Math.floor(rest / size);
    }
    return at;
  };
  return { total: sizes.reduce((product, size) => product * size, 1), coordinates };
}

function visitTreeV1(
  { file, path, layout, filtered, chunkBytes }: ChunkGrid,
  root: number,
  visit: (chunk: ChunkPlace) => void,
): void {
  visitBTreeV1(file, path, root, 1, 8 + 8 * (layout.chunk.length + 1), (key, address) => {
    const start = key.position;
    const stored = key.uint32();
    const mask = key.uint32();
    const at = layout.chunk.map((size) => {
      const offset = key.unsigned(8);
      if (offset % size !== 0)
        key.fail(`a chunk that starts between chunks. Received: offset=${offset}, chunk=${size}.`, start);
      return offset / size;
    });
    visit({ at, address, bytes: filtered ? stored : chunkBytes, mask });
  });
}

function visitTreeV2(
  { file, path, layout, filtered, chunkBytes }: ChunkGrid,
  address: number,
  visit: (chunk: ChunkPlace) => void,
): void {
  const type = filtered ? RECORD.filteredChunk : RECORD.chunk;
  visitRecords(file, path, address, [type], (record) => {
    const chunkAddress = record.definedAddress("a chunk");
    const sizeBytes = record.left - 4 - 8 * layout.chunk.length;
    if (filtered && (sizeBytes < 1 || sizeBytes > 8)) record.fail("a record of the wrong size for its chunk.");
    const bytes = filtered ? record.unsigned(sizeBytes) : chunkBytes;
    const mask = filtered ? record.uint32() : 0;
    visit({ at: layout.chunk.map(() => record.unsigned(8)), address: chunkAddress, bytes, mask });
  });
}
