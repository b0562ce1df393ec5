/** A buffer of the contract: a block of the heap, or a part of one. */
import type { BufferWindow, Shape } from "@keras-ts/core";
import type { Block } from "./block.ts";

export class CpuBuffer implements BufferWindow {
  readonly shape: Shape;
  /** What `memory()` counts for it: nothing where it is another's storage. */
  readonly bytes: number;
  /** Null once freed. */
  block: Block | null;
  /** Elements of the block before the buffer's own: none but in windows. */
  offset = 0;
  #values: Float32Array | null = null;

  constructor(shape: Shape, block: Block, bytes: number) {
    this.shape = shape;
    this.block = block;
    this.bytes = bytes;
  }

  /** The `size` elements at `address` of `memory`: the same view from call to call, until the memory grows. */
  values(memory: ArrayBufferLike, address: number, size: number): Float32Array {
    const last = this.#values;
    if (last !== null && last.buffer === memory && last.byteOffset === address && last.length === size) return last;
    const view = new Float32Array(memory, address, size);
    this.#values = view;
    return view;
  }
}
