// Fractal heaps: where groups and objects keep many links and attributes ("dense storage"). Objects are managed (in blocks of a
// doubling table), huge (on their own) or tiny (inside of their id).

import { bytesFor, RECORD, visitRecords } from "./b-tree-v2.ts";
import type { Cursor, FileBytes } from "./file-bytes.ts";
import { lookup3 } from "./lookup3.ts";

interface HeapHeader {
  readonly flags: number;
  readonly idBytes: number;
  readonly maxManagedBytes: number;
  readonly hugeTree: number | null;
  readonly width: number;
  readonly startBytes: number;
  readonly maxDirectBytes: number;
  readonly offsetBytes: number;
  readonly root: number | null;
  readonly rootRows: number;
}

/** A heap whose objects are looked up by their ids. */
export class FractalHeap {
  readonly #header: HeapHeader;
  readonly #checked = new Set<number>();
  #huge: Map<number, { address: number; bytes: number }> | undefined;

  readonly file: FileBytes;
  readonly path: string;

  constructor(file: FileBytes, path: string, address: number) {
    this.file = file;
    this.path = path;
    this.#header = readHeader(file.at(address, path));
  }

  /** A cursor on the object with the id that `id` is on. */
  object(id: Cursor): Cursor {
    const { idBytes } = this.#header;
    if (id.left < idBytes) id.fail(`ids of this heap have ${idBytes} bytes. Received: ${id.left}.`);
    const part = id.part(idBytes);
    const head = part.uint8();
    if (head >> 6 !== 0) part.fail("a heap id of an unknown version.");
    switch ((head >> 4) & 3) {
      case 0:
        return this.#managed(part);
      case 1:
        return this.#hugeObject(part);
      case 2:
        return idBytes <= 17 ? part.part((head & 15) + 1) : part.part((((head & 15) << 8) | part.uint8()) + 1);
      default:
        return part.fail("a heap id of an unknown kind.");
    }
  }

  #managed(id: Cursor): Cursor {
    const { offsetBytes, maxDirectBytes, maxManagedBytes, root, rootRows, startBytes } = this.#header;
    const offset = id.unsigned(offsetBytes);
    const lengthBytes = Math.min(bitsToBytes(Math.floor(Math.log2(maxDirectBytes))), bytesFor(maxManagedBytes));
    const bytes = id.unsigned(lengthBytes);
    if (root === null) return id.fail("an object of a heap that is empty.");
    const block =
      rootRows === 0
        ? { address: root, start: 0, bytes: startBytes }
        : this.#find(id, root, rootRows, offset, 0, new Set());
    const inside = offset - block.start;
    if (inside < 0 || inside + bytes > block.bytes) id.fail("an object that reaches beyond its heap block.");
    this.#check(block);
    return this.file.at(block.address + inside, this.path, bytes);
  }

  /** The direct block that holds heap offset `offset`, below the indirect block at `address` whose own offset is `start`. */
  #find(
    id: Cursor,
    address: number,
    rows: number,
    offset: number,
    start: number,
    seen: Set<number>,
  ): { address: number; start: number; bytes: number } {
    const { width, startBytes, maxDirectBytes, offsetBytes } = this.#header;
    if (seen.has(address)) id.fail("an indirect block of a heap comes up twice.");
    seen.add(address);
    const cursor = this.file.at(address, this.path);
    const first = cursor.position;
    cursor.signature("FHIB", 0);
    cursor.definedAddress("the heap");
    cursor.skip(offsetBytes);
    const entries = cursor.part(rows * width * this.file.addressBytes);
    if (!this.#checked.has(address)) cursor.checksum(first);
    this.#checked.add(address);
    let at = start;
    for (let row = 0; row < rows; row++) {
      const bytes = row === 0 ? startBytes : startBytes * 2 ** (row - 1);
      const column = Math.floor((offset - at) / bytes);
      if (column >= width) {
        at += bytes * width;
        continue;
      }
      entries.skip((row * width + column) * this.file.addressBytes);
      const block = entries.definedAddress("a heap block");
      at += column * bytes;
      if (bytes <= maxDirectBytes) return { address: block, start: at, bytes };
      return this.#find(id, block, Math.log2(bytes / (startBytes * width)) + 1, offset, at, seen);
    }
    return id.fail(`an offset beyond its heap. Received: ${offset}.`);
  }

  /** Checks a direct block once: its signature, and its checksum if the heap has them. */
  #check({ address, bytes }: { address: number; bytes: number }): void {
    if (this.#checked.has(address)) return;
    const { flags, offsetBytes } = this.#header;
    const cursor = this.file.at(address, this.path, bytes);
    const block = cursor.file.bytes.subarray(cursor.position, cursor.end);
    cursor.signature("FHDB", 0);
    cursor.definedAddress("the heap");
    cursor.skip(offsetBytes);
    if (flags & 2) checkDirect(cursor, block);
    this.#checked.add(address);
  }

  #hugeObject(id: Cursor): Cursor {
    const { idBytes, hugeTree } = this.#header;
    const { addressBytes, lengthBytes } = this.file;
    if (idBytes - 1 >= addressBytes + lengthBytes) {
      const address = id.definedAddress("a huge object");
      return this.file.at(address, this.path, id.length());
    }
    if (hugeTree === null) return id.fail("a huge object of a heap that has none.");
    this.#huge ??= this.#hugeObjects(hugeTree);
    const key = id.unsigned(Math.min(idBytes - 1, 8));
    const found = this.#huge.get(key) ?? id.fail(`a huge object that is not in its index. Received: id=${key}.`);
    return this.file.at(found.address, this.path, found.bytes);
  }

  #hugeObjects(tree: number): Map<number, { address: number; bytes: number }> {
    const objects = new Map<number, { address: number; bytes: number }>();
    visitRecords(this.file, this.path, tree, [RECORD.hugeObject], (record) => {
      const address = record.definedAddress("a huge object");
      const bytes = record.length();
      objects.set(record.length(), { address, bytes });
    });
    return objects;
  }
}

function readHeader(cursor: Cursor): HeapHeader {
  const start = cursor.position;
  cursor.signature("FRHP", 0);
  const idBytes = cursor.uint16();
  if (cursor.uint16() !== 0) cursor.refuse("links or attributes that are compressed are not read.");
  const flags = cursor.uint8();
  const maxManagedBytes = cursor.uint32();
  cursor.length(); // next huge id
  const hugeTree = cursor.address();
  cursor.length(); // free space
  cursor.address();
  for (let count = 0; count < 8; count++) cursor.length(); // statistics
  const width = cursor.uint16();
  const startBytes = cursor.length();
  const maxDirectBytes = cursor.length();
  const offsetBits = cursor.uint16();
  cursor.skip(2);
  const root = cursor.address();
  const rootRows = cursor.uint16();
  cursor.checksum(start);
  const powers = [width, startBytes, maxDirectBytes].every((value) => value > 0 && Number.isInteger(Math.log2(value)));
  if (!powers || idBytes < 1 || offsetBits < 1 || offsetBits > 64 || rootRows > 64)
    cursor.fail("a heap whose sizes cannot be.", start);
  const offsetBytes = bitsToBytes(offsetBits);
  return { flags, idBytes, maxManagedBytes, hugeTree, width, startBytes, maxDirectBytes, offsetBytes, root, rootRows };
}

/** The checksum is inside of what it covers, counted as zeros. */
function checkDirect(cursor: Cursor, block: Uint8Array): void {
  const inside = block.length - cursor.left;
  const stored = cursor.uint32();
  cursor.file.budget.decode(block.length, cursor.path, cursor.position);
  const copy = block.slice().fill(0, inside, inside + 4);
  if (lookup3(copy) !== stored) cursor.fail("the checksum of a heap block does not match, the file is damaged.");
}

function bitsToBytes(bits: number): number {
  return Math.ceil(bits / 8);
}
