/** A range of the heap that several may hold: a buffer, and the tensor it was adopted by. Freed with the last of them. */
import type { Heap } from "./heap.ts";

export class Block {
  readonly heap: Heap;
  /** In elements. */
  readonly size: number;
  readonly address: number;
  #holders = 1;

  constructor(heap: Heap, size: number) {
    this.heap = heap;
    this.size = size;
    this.address = heap.alloc(size * 4);
  }

  hold(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0) this.heap.free(this.address);
  }

  /** The first `size` elements, in place; valid until the memory grows. */
  view(size: number): Float32Array {
    return new Float32Array(this.heap.memory.buffer, this.address, size);
  }
}
