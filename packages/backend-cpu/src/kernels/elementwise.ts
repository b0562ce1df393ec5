/** Parameter blocks of unary, binary, reduce, softmax and sparsemax. */
import { type BinaryOp, type ReduceOp, type Shape, type SoftmaxOp, sizeOf, type UnaryFn } from "@keras-ts/core";
import { BINARY_IDS, UNARY_IDS } from "../ids.ts";
import { ParameterBlock } from "../parameter-block.ts";
import { appendOuterLoops, broadcastStrides, iterations, mergeLoops } from "../strided.ts";
import type { KernelPlan } from "./kernel-plan.ts";

export function unary(kernel: "unary" | "unaryGrad", fn: UnaryFn, input: Shape): KernelPlan {
  const [a = 0, b = 0, c = 0] = fn.params;
  const block = new ParameterBlock().int(UNARY_IDS[fn.name], sizeOf(input)).float(a, b, c);
  return { kernel, block, workspace: 0 };
}

export function binary(op: BinaryOp, left: Shape, right: Shape, output: Shape): KernelPlan {
  const loops = mergeLoops(output, [broadcastStrides(left, output), broadcastStrides(right, output)]);
  const inner = loops.at(-1) ?? { size: 1, strides: [1, 1] };
  const outer = loops.slice(0, -1);
  const [a = 0, b = 0] = inner.strides;
  const block = new ParameterBlock();
  block.int(BINARY_IDS[op.fn], iterations(outer), inner.size, (a > 0 ? 1 : 0) + (b > 0 ? 2 : 0));
  appendOuterLoops(block, outer);
  return { kernel: "binary", block, workspace: 0 };
}

/** One pass a run of reduced axes, the innermost first; what lies between goes through the workspace. */
export function reduce(op: ReduceOp, input: Shape): KernelPlan {
  const runs = axisRuns(op, input);
  const count = runs.filter((run) => run.reduced).reduce((product, run) => product * run.size, 1);
  const scale = op.fn === "mean" ? 1 / count : 1;
  const passes: number[][] = [];
  const sizes: number[] = [];
  for (let at = lastReduced(runs); at >= 0; at = lastReduced(runs)) {
    const outer = runs.slice(0, at).reduce((product, run) => product * run.size, 1);
    const columns = runs.slice(at + 1).reduce((product, run) => product * run.size, 1);
    passes.push([outer, runs[at]?.size ?? 1, columns]);
    sizes.push(outer * columns);
    runs.splice(at, 1);
  }
  if (passes.length === 0) passes.push([1, 1, sizeOf(input)]);
  // Results alternate between two places: the first holds the largest, the second what follows it.
  const last = passes.length - 1;
  const [first = 0, second = 0] = last > 0 ? [sizes[0], last > 1 ? sizes[1] : 0] : [];
  const block = new ParameterBlock().int(passes.length, first * 4);
  passes.forEach((pass, i) => {
    block.int(...pass).float(i === last ? scale : 1);
    block.int(i === 0 ? 0 : 2 - (i % 2), i === last ? 0 : 1 + (i % 2));
  });
  return { kernel: op.fn === "max" ? "reduceMax" : "reduce", block, workspace: first + second };
}

interface AxisRun {
  readonly reduced: boolean;
  size: number;
}

function axisRuns(op: ReduceOp, input: Shape): AxisRun[] {
  const runs: AxisRun[] = [];
  input.forEach((size, i) => {
    if (size === 1) return;
    const reduced = op.axes.includes(i);
    const last = runs.at(-1);
    if (last !== undefined && last.reduced === reduced) last.size *= size;
    else runs.push({ reduced, size });
  });
  return runs;
}

function lastReduced(runs: readonly AxisRun[]): number {
  return runs.findLastIndex((run) => run.reduced);
}

export function softmax(op: SoftmaxOp, input: Shape): KernelPlan {
  const n = input.at(-1) ?? 1;
  const block = new ParameterBlock().int(sizeOf(input) / n, n, op.log ? 1 : 0);
  return { kernel: "softmax", block, workspace: 0 };
}

export function sparsemax(kernel: "sparsemax" | "sparsemaxGrad", input: Shape): KernelPlan {
  const n = input.at(-1) ?? 1;
  const block = new ParameterBlock().int(sizeOf(input) / n, n);
  return { kernel, block, workspace: 2 * n };
}
