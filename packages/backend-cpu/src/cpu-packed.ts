/** Weights on the heap in the layout that the kernels of an op read. */
import type { Packed, WeightedOp } from "@keras-ts/core";
import type { Heap } from "./heap.ts";
import { packedFloats } from "./pack.ts";
import { type Layout, layoutOf } from "./select.ts";

export class CpuPacked implements Packed {
  readonly op: WeightedOp;
  readonly layout: Layout;
  readonly heap: Heap;
  readonly address: number;
  bytes: number;
  freed = false;
  /** The same weights as `winograd_8`, once a kernel has asked for them. */
  transformed: number | null = null;

  constructor(heap: Heap, op: WeightedOp) {
    this.op = op;
    this.layout = layoutOf(op);
    this.bytes = packedFloats(op) * 4;
    this.heap = heap;
    this.address = heap.alloc(this.bytes);
  }

  free(): void {
    this.heap.free(this.address);
    if (this.transformed !== null) this.heap.free(this.transformed);
  }
}
