/** Parameter blocks of unary, binary, reduce, softmax and sparsemax. */
import { type BinaryOp, type ReduceOp, type Shape, type SoftmaxOp, sizeOf, type UnaryFn } from "@keras-ts/core";
import type { Division, Range } from "../divide.ts";
import { BINARY_IDS, UNARY_IDS } from "../ids.ts";
import { ParameterBlock } from "../parameter-block.ts";
import { appendOuterLoops, broadcastStrides, iterations, type Loop, mergeLoops } from "../strided.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** Steps an element of a function with exponentials takes, in multiply-adds of a convolution. */
const FUNCTION_WORK = 32;
/** The same for what memory gives: a sum of two tensors. */
const MOVE_WORK = 8;
/** Elements that ranges begin at multiples of: cache lines. */
const LINE = 16;

/** Elements. */
export function divideUnary(input: Shape): Division {
  const size = sizeOf(input);
  return { size, grain: LINE, work: size * FUNCTION_WORK };
}

export function unary(kernel: "unary" | "unaryGrad", fn: UnaryFn, { begin, end }: Range): KernelPlan {
  const [a = 0, b = 0, c = 0] = fn.params;
  const block = new ParameterBlock().int(UNARY_IDS[fn.name], end - begin).float(a, b, c);
  return { kernel, block, workspace: 0, outputOffset: begin, inputOffsets: [begin, begin] };
}

/** The outermost loop. */
export function divideBinary(left: Shape, right: Shape, output: Shape): Division {
  const loops = binaryLoops(left, right, output);
  const size = loops[0]?.size ?? 1;
  return { size, grain: loops.length > 1 ? 1 : LINE, work: sizeOf(output) * MOVE_WORK };
}

export function binary(op: BinaryOp, left: Shape, right: Shape, output: Shape, { begin, end }: Range): KernelPlan {
  const loops = binaryLoops(left, right, output);
  const [first] = loops;
  const [leftStep = 0, rightStep = 0] = first?.strides ?? [];
  const outputStep = first === undefined ? 1 : sizeOf(output) / first.size;
  if (first !== undefined) first.size = end - begin;
  const inner = loops.at(-1) ?? { size: 1, strides: [1, 1] };
  const outer = loops.slice(0, -1);
  const [a = 0, b = 0] = inner.strides;
  const block = new ParameterBlock();
  block.int(BINARY_IDS[op.fn], iterations(outer), inner.size, (a > 0 ? 1 : 0) + (b > 0 ? 2 : 0));
  appendOuterLoops(block, outer);
  const inputOffsets = [begin * leftStep, begin * rightStep];
  return { kernel: "binary", block, workspace: 0, outputOffset: begin * outputStep, inputOffsets };
}

function binaryLoops(left: Shape, right: Shape, output: Shape): Loop[] {
  return mergeLoops(output, [broadcastStrides(left, output), broadcastStrides(right, output)]);
}

/** Of a single pass the leading axes, or the columns of sums where there are none; several passes go through a workspace. */
export function divideReduce(op: ReduceOp, input: Shape): Division | null {
  const runs = axisRuns(op, input);
  const [first, columns] = runs;
  if (first === undefined || runs.filter((run) => run.reduced).length !== 1) return null;
  const work = sizeOf(input) * MOVE_WORK;
  if (!first.reduced) return { size: first.size, grain: 1, work };
  return columns === undefined ? null : { size: columns.size, grain: LINE, work };
}

/** One pass a run of reduced axes, the innermost first; what lies between goes through the workspace. */
export function reduce(op: ReduceOp, input: Shape, { begin, end }: Range): KernelPlan {
  const runs = axisRuns(op, input);
  const divided = divideReduce(op, input) !== null;
  const byColumns = divided && runs[0]?.reduced === true;
  const count = runs.filter((run) => run.reduced).reduce((product, run) => product * run.size, 1);
  const scale = op.fn === "mean" ? 1 / count : 1;
  const passes: number[][] = [];
  const sizes: number[] = [];
  if (divided && !byColumns && runs[0]) runs[0].size = end - begin;
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
  passes.forEach(([outer = 1, rows = 1, columns = 1], i) => {
    block.int(outer, rows, byColumns ? end - begin : columns).float(i === last ? scale : 1);
    block.int(i === 0 ? 0 : 2 - (i % 2), i === last ? 0 : 1 + (i % 2), 4 * columns);
  });
  const kernel = op.fn === "max" ? "reduceMax" : "reduce";
  if (!divided) return { kernel, block, workspace: first + second };
  const [, rows = 1, columns = 1] = passes[0] ?? [];
  const [outputOffset, inputOffset] = byColumns ? [begin, begin] : [begin * columns, begin * columns * rows];
  return { kernel, block, workspace: 0, outputOffset, inputOffsets: [inputOffset] };
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

/** Rows of the last axis. */
export function divideRows(input: Shape): Division {
  const size = sizeOf(input) / (input.at(-1) ?? 1);
  return { size, grain: 1, work: sizeOf(input) * FUNCTION_WORK };
}

export function softmax(op: SoftmaxOp, input: Shape, { begin, end }: Range): KernelPlan {
  const n = input.at(-1) ?? 1;
  const block = new ParameterBlock().int(end - begin, n, op.log ? 1 : 0);
  return { kernel: "softmax", block, workspace: 0, outputOffset: begin * n, inputOffsets: [begin * n] };
}

export function sparsemax(kernel: "sparsemax" | "sparsemaxGrad", input: Shape): KernelPlan {
  const n = input.at(-1) ?? 1;
  const block = new ParameterBlock().int(sizeOf(input) / n, n);
  return { kernel, block, workspace: 2 * n };
}
