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
}
