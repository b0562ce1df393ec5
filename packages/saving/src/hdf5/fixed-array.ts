// Fixed arrays: the chunks of a dataset none of whose axes is unlimited.

import { type ChunkGrid, type ChunkPlace, readElement } from "./chunk-grid.ts";

/** Visits the chunks of the array whose header is at `address`, by their row-major positions; there are `total` chunks. */
export function visitFixedArray(
  grid: ChunkGrid,
  address: number,
  total: number,
  visit: (position: number, place: Omit<ChunkPlace, "at">) => void,
): void {
  const { file, path } = grid;
  const header = file.at(address, path);
  const start = header.position;
  header.signature("FAHD", 0);
  const client = header.uint8();
  const elementBytes = header.uint8();
  const pageBits = header.uint8();
  const count = header.length();
  const blockAddress = header.address();
  header.checksum(start);
  if (client !== Number(grid.filtered)) header.fail("an array of another kind of chunks.", start);
  if (count < total)
    header.fail(`an array of fewer chunks than the dataset has. Received: ${count}, expected ${total}.`, start);
  if (blockAddress === null) return;
  const block = file.at(blockAddress, path);
  const blockStart = block.position;
  block.signature("FADB", 0);
  block.skip(1);
  block.definedAddress("the array");
  const pageElements = 2 ** pageBits;
  const readPage = (from: number, elements: number): void => {
    for (let index = 0; index < elements; index++) {
      const place = readElement(grid, block.part(elementBytes));
      if (place) visit(from + index, place);
    }
  };
  if (count <= pageElements) {
    readPage(0, count);
    block.checksum(blockStart);
    return;
  }
  const pages = Math.ceil(count / pageElements);
  const written = block.take(Math.ceil(pages / 8));
  block.checksum(blockStart);
  for (let page = 0; page < pages; page++) {
    const elements = Math.min(pageElements, count - page * pageElements);
    const pageStart = block.position;
    if (!isSet(written, page)) {
      block.skip(elements * elementBytes + 4);
      continue;
    }
    readPage(page * pageElements, elements);
    block.checksum(pageStart);
  }
}

/** Bit `index`, counted from the highest bit of the first byte. */
export function isSet(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}
