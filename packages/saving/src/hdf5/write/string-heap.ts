// The global heap of a file in the making: all strings, in collections of up to 65,535, each text once.

import { align, Block, type FileLayout } from "./file-layout.ts";

const SMALLEST = 4096; // libhdf5 makes no smaller collection
const LARGEST = 2 ** 20; // beyond, a new one is started; a longer string has one for itself
const MOST = 0xffff;
const HEAD = 16; // of a collection, and of an object

/** Strings that are in the file already, by what stands for them. */
export class StringHeap {
  readonly #places = new Map<string, { bytes: number; address: number; index: number }>();

  /** Appends all collections to the file. */
  constructor(file: FileLayout, texts: Iterable<string>) {
    const encoder = new TextEncoder();
    let waiting: { text: string; bytes: Uint8Array }[] = [];
    let size = HEAD;
    const flush = (): void => {
      if (waiting.length > 0) this.#write(file, waiting, size);
      waiting = [];
      size = HEAD;
    };
    for (const text of new Set(texts)) {
      if (text === "") continue; // a length of 0 needs no object
      const bytes = encoder.encode(text);
      const needed = HEAD + align(bytes.length);
      if (size + needed > LARGEST || waiting.length === MOST) flush();
      waiting.push({ text, bytes });
      size += needed;
    }
    flush();
  }

  /** What is stored in place of a text. */
  reference(text: string): { bytes: number; address: number; index: number } {
    return this.#places.get(text) ?? { bytes: 0, address: 0, index: 0 };
  }

  #write(file: FileLayout, texts: readonly { text: string; bytes: Uint8Array }[], used: number): void {
    const size = Math.max(SMALLEST, used);
    const block = new Block(size).text("GCOL").uint8(1).skip(3).uint64(size);
    for (const [position, { bytes }] of texts.entries())
      block
        .uint16(position + 1)
        .uint16(1)
        .skip(4)
        .uint64(bytes.length)
        .raw(bytes)
        .skip(align(bytes.length) - bytes.length);
    if (size - used >= HEAD)
      block
        .uint16(0)
        .skip(6)
        .uint64(size - used); // object 0 is the free space, itself included
    const address = file.append(block.bytes);
    for (const [position, { text, bytes }] of texts.entries())
      this.#places.set(text, { bytes: bytes.length, address, index: position + 1 });
  }
}
