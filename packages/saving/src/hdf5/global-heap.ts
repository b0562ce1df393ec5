// Global heap collections: where strings of variable length are.

import type { FileBytes } from "./file-bytes.ts";

const RECORD_BYTES = 64; // of an object in memory, roughly

/** What is stored in place of a string of variable length. */
export interface StringReference {
  readonly bytes: number;
  /** Address of a collection. */
  readonly address: number;
  /** Which object of it; 0 is none. */
  readonly index: number;
}

/** The collections of a file that were read so far. */
export class GlobalHeap {
  readonly #collections = new Map<number, ReadonlyMap<number, { start: number; bytes: number }>>();

  readonly file: FileBytes;

  constructor(file: FileBytes) {
    this.file = file;
  }

  /** The string that a reference leads to; the reference itself lies at `offset`. */
  string({ bytes, address, index }: StringReference, path: string, offset: number): string {
    const { file } = this;
    if (bytes === 0 || index === 0) return "";
    const object = this.#collection(address, path).get(index);
    if (!object) return file.fail(`a string that is not in its heap. Received: index=${index}.`, path, offset);
    if (bytes > object.bytes) file.fail(`a string of ${bytes} bytes in ${object.bytes} bytes of a heap.`, path, offset);
    file.budget.check("stringBytes", bytes, path, object.start);
    file.budget.decode(bytes, path, object.start);
    return file.at(object.start - file.base, path, bytes).text(bytes);
  }

  #collection(address: number, path: string): ReadonlyMap<number, { start: number; bytes: number }> {
    const known = this.#collections.get(address);
    if (known) return known;
    const head = this.file.at(address, path);
    head.signature("GCOL", 1);
    head.skip(3);
    const size = head.length();
    const block = this.file.at(address, path, size);
    block.skip(8 + this.file.lengthBytes);
    const objects = new Map<number, { start: number; bytes: number }>();
    while (block.left >= 8 + this.file.lengthBytes) {
      const index = block.uint16();
      block.skip(6); // references
      const bytes = block.length();
      if (index === 0) break; // free space to the end
      this.file.budget.decode(RECORD_BYTES, path, block.position);
      objects.set(index, { start: block.position, bytes });
      block.skip(bytes);
      block.skip(Math.min(-bytes & 7, block.left));
    }
    this.#collections.set(address, objects);
    return objects;
  }
}
