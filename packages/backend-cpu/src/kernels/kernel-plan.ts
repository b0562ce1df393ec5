import type { ParameterBlock } from "../parameter-block.ts";
import type { KernelName } from "../wasm.ts";

/** A kernel call without its pointers. */
export interface KernelPlan {
  readonly kernel: KernelName;
  readonly block: ParameterBlock;
  /** Elements of scratch space. */
  readonly workspace: number;
  /** Words of the block that take the addresses of the inputs; words 3 and 4 where left out. */
  readonly inputWords?: readonly number[];
  /** Elements by which a part of a call begins after the first of the output, and of each input. */
  readonly outputOffset?: number;
  readonly inputOffsets?: readonly number[];
  /** The same of the packed weights. */
  readonly weightsOffset?: number;
}
