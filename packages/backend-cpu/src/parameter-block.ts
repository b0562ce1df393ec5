/**
 * Collects the parameters of a kernel call. Words 0 to 7 are the pointers that dispatch fills in (`assembly/index.ts`);
 * parameters follow from word 8, tables after those; references to tables become addresses when the block is placed.
 */
import type { Heap } from "./heap.ts";

/** Words that are set at dispatch. */
export const OUTPUT = 0;
export const WEIGHTS = 1;
export const WORKSPACE = 2;
export const FIRST_INPUT = 3;
export const PARAMETERS = 8;

const FLOAT = new Float32Array(1);
const FLOAT_BITS = new Int32Array(FLOAT.buffer);

export class ParameterBlock {
  readonly #words: number[];
  readonly #references: number[] = [];

  constructor(reserved: number = PARAMETERS) {
    this.#words = new Array<number>(reserved).fill(0);
  }

  /** How many words there are so far: where the next one goes. */
  get length(): number {
    return this.#words.length;
  }

  int(...values: readonly number[]): this {
    for (const value of values) this.#words.push(value | 0);
    return this;
  }

  float(...values: readonly number[]): this {
    for (const value of values) {
      FLOAT[0] = value;
      this.#words.push(FLOAT_BITS[0] ?? 0);
    }
    return this;
  }

  /** A word to be pointed at a table later by `point`; returns its index. */
  pointer(): number {
    this.#references.push(this.#words.length);
    return this.#words.push(0) - 1;
  }

  /** Makes the word at `index` the address of the next word. */
  point(index: number): void {
    this.#words[index] = this.#words.length * 4;
  }

  /** Makes the word at `index` the address of word `target`. */
  pointAt(index: number, target: number): void {
    this.#words[index] = target * 4;
  }

  /** Room for `count` words. */
  reserve(count: number): this {
    for (let i = 0; i < count; i++) this.#words.push(0);
    return this;
  }

  /** Starts the next table at a multiple of 16 bytes. */
  align(): this {
    while (this.#words.length % 4 !== 0) this.#words.push(0);
    return this;
  }

  /** Puts a copy of another block behind what there is, at a multiple of 16 bytes; returns the index of its first word. */
  append(other: ParameterBlock): number {
    this.align();
    const start = this.#words.length;
    for (const word of other.#words) this.#words.push(word);
    for (const index of other.#references) {
      this.#references.push(start + index);
      this.#words[start + index] = (this.#words[start + index] ?? 0) + 4 * start;
    }
    return start;
  }

  /** Copies the block to the heap; returns its address, which the caller frees. */
  place(heap: Heap): number {
    const address = heap.alloc(this.#words.length * 4);
    const words = Int32Array.from(this.#words);
    for (const index of this.#references) words[index] = (words[index] ?? 0) + address;
    heap.i32.set(words, address >>> 2);
    return address;
  }
}
