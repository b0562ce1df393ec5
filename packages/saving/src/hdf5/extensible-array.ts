// Extensible arrays: the chunks of a dataset with one unlimited axis. An index block holds the first elements, then addresses of data
// blocks that grow, then of super blocks that hold addresses of larger ones.

import { type ChunkGrid, type ChunkPlace, readElement } from "./chunk-grid.ts";
import type { Cursor } from "./file-bytes.ts";
import { isSet } from "./fixed-array.ts";

interface ArrayHeader {
  readonly elementBytes: number;
  readonly indexBits: number;
  readonly indexElements: number;
  readonly minElements: number;
  readonly minPointers: number;
  readonly pageElements: number;
  readonly indexBlock: number | null;
}

type VisitElement = (position: number, place: Omit<ChunkPlace, "at">) => void;

/** Visits the chunks of the array whose header is at `address`, by their row-major positions; there are `total` chunks. */
export function visitExtensibleArray(grid: ChunkGrid, address: number, total: number, visit: VisitElement): void {
  const { file, path } = grid;
  const header = readHeader(grid, address);
  if (header.indexBlock === null) return;
  const block = file.at(header.indexBlock, path);
  const start = block.position;
  block.signature("EAIB", 0);
  block.skip(1);
  block.definedAddress("the array");
  const walk = new Walk(grid, header, total, visit);
  walk.elements(block, header.indexElements);
  const superBlocks = 1 + (header.indexBits - Math.log2(header.minElements));
  const inIndex = 2 * Math.log2(header.minPointers); // super blocks whose data blocks the index block itself points to
  const data: { address: number | null; elements: number }[] = [];
  for (let level = 0; level < inIndex; level++)
    for (let count = 0; count < blocksOf(level); count++)
      data.push({ address: block.address(), elements: elementsOf(level, header) });
  const supers: { address: number | null; level: number }[] = [];
  for (let level = inIndex; level < superBlocks; level++) supers.push({ address: block.address(), level });
  block.checksum(start);
  for (const { address: at, elements } of data) walk.dataBlock(at, elements, null);
  for (const { address: at, level } of supers) walk.superBlock(at, level);
}

/** Data blocks of a super block. */
function blocksOf(level: number): number {
  return 2 ** Math.floor(level / 2);
}

/** Elements of each of its data blocks. */
function elementsOf(level: number, header: ArrayHeader): number {
  return 2 ** Math.floor((level + 1) / 2) * header.minElements;
}

function readHeader(grid: ChunkGrid, address: number): ArrayHeader {
  const cursor = grid.file.at(address, grid.path);
  const start = cursor.position;
  cursor.signature("EAHD", 0);
  const client = cursor.uint8();
  const elementBytes = cursor.uint8();
  const indexBits = cursor.uint8();
  const indexElements = cursor.uint8();
  const minElements = cursor.uint8();
  const minPointers = cursor.uint8();
  const pageElements = 2 ** cursor.uint8();
  for (let count = 0; count < 6; count++) cursor.length(); // statistics
  const indexBlock = cursor.address();
  cursor.checksum(start);
  if (client !== Number(grid.filtered)) cursor.fail("an array of another kind of chunks.", start);
  const powers = [minElements, minPointers].every((value) => value > 0 && Number.isInteger(Math.log2(value)));
  if (!powers || indexBits > 64) cursor.fail("an array whose sizes cannot be.", start);
  return { elementBytes, indexBits, indexElements, minElements, minPointers, pageElements, indexBlock };
}

/** Goes through the blocks in the order of their elements. */
class Walk {
  #position = 0;

  readonly grid: ChunkGrid;
  readonly header: ArrayHeader;
  readonly total: number;
  readonly visit: VisitElement;

  constructor(grid: ChunkGrid, header: ArrayHeader, total: number, visit: VisitElement) {
    this.grid = grid;
    this.header = header;
    this.total = total;
    this.visit = visit;
  }

  elements(cursor: Cursor, count: number): void {
    for (let index = 0; index < count; index++) {
      const place = readElement(this.grid, cursor.part(this.header.elementBytes));
      if (place) this.visit(this.#position, place);
      this.#position++;
    }
  }

  superBlock(address: number | null, level: number): void {
    const blocks = blocksOf(level);
    const elements = elementsOf(level, this.header);
    if (address === null || this.#position >= this.total) {
      this.#position += blocks * elements;
      return;
    }
    const { file, path } = this.grid;
    file.at(address, path, blocks * file.addressBytes); // before anything is made of that many
    const block = file.at(address, path);
    const start = block.position;
    this.#blockHead(block, "EASB");
    const pages = elements > this.header.pageElements ? elements / this.header.pageElements : 0;
    const bitBytes = Math.ceil(pages / 8);
    const written = Array.from({ length: blocks }, () => block.take(bitBytes));
    const addresses = written.map(() => block.address());
    block.checksum(start);
    for (const [index, at] of addresses.entries()) this.dataBlock(at, elements, written[index] ?? null);
  }

  /** `written` has a bit a page, for data blocks of several pages. */
  dataBlock(address: number | null, elements: number, written: Uint8Array | null): void {
    if (address === null || this.#position >= this.total) {
      this.#position += elements;
      return;
    }
    const { file, path } = this.grid;
    const block = file.at(address, path);
    const start = block.position;
    this.#blockHead(block, "EADB");
    const { pageElements, elementBytes } = this.header;
    if (elements <= pageElements) {
      this.elements(block, elements);
      block.checksum(start);
      return;
    }
    block.checksum(start);
    for (let page = 0; page < elements / pageElements; page++) {
      const pageStart = block.position;
      if (written && !isSet(written, page)) {
        block.skip(pageElements * elementBytes + 4);
        this.#position += pageElements;
        continue;
      }
      this.elements(block, pageElements);
      block.checksum(pageStart);
    }
  }

  #blockHead(block: Cursor, signature: string): void {
    block.signature(signature, 0);
    block.skip(1);
    block.definedAddress("the array");
    block.skip(Math.ceil(this.header.indexBits / 8));
  }
}
