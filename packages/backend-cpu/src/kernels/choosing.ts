/** Parameter blocks of select, gather and the gradient of gather: ops whose inputs say what is taken. */
import { type GatherGradOp, type Shape, sizeOf } from "@keras-ts/core";
import { ParameterBlock } from "../parameter-block.ts";
import { appendOuterLoops, broadcastStrides, iterations, mergeLoops } from "../strided.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** Condition, a, b. */
export function select(inputs: readonly Shape[], output: Shape): KernelPlan {
  const strides = inputs.map((shape) => broadcastStrides(shape, output));
  const loops = mergeLoops(output, strides);
  const inner = loops.at(-1) ?? { size: 1, strides: inputs.map(() => 1) };
  const outer = loops.slice(0, -1);
  const [condition = 0, a = 0, b = 0] = inner.strides;
  const mode = (condition > 0 ? 1 : 0) + (a > 0 ? 2 : 0) + (b > 0 ? 4 : 0);
  const block = new ParameterBlock().int(iterations(outer), inner.size, mode);
  appendOuterLoops(block, outer);
  return { kernel: "selectRuns", block, workspace: 0 };
}

export function gather(indices: Shape, table: Shape): KernelPlan {
  const [rows = 0, size = 0] = table;
  return { kernel: "gather", block: new ParameterBlock().int(sizeOf(indices), rows, size), workspace: 0 };
}

export function gatherGrad(op: GatherGradOp, indices: Shape, output: Shape): KernelPlan {
  const block = new ParameterBlock().int(sizeOf(indices), op.rows, output[1] ?? 0);
  return { kernel: "gatherGrad", block, workspace: 0 };
}
