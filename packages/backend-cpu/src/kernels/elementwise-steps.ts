/** Parameter blocks of `elementwise` (`assembly/elementwise.ts` has the offsets). */
import { type ElementwiseOp, type ElementwiseStep, type Shape, sizeOf } from "@keras-ts/core";
import type { Division, Range } from "../divide.ts";
import { BINARY_IDS, UNARY_IDS } from "../ids.ts";
import { ParameterBlock } from "../parameter-block.ts";
import { denseStrides, type Loop, mergeLoops } from "../strided.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** Elements that all steps take before the next are begun: with four registers of them, half of L1. A multiple of 16. */
const CHUNK = 1024;
/** Columns of a row, and how many rows of fewer are slower than one op after another (GroupNormalization of 8 channels a group: 0.7 times as fast). */
const SHORT = 32;
const MANY_ROWS = 64;
/** Loops of the kernel: two of rows, one of columns. */
const LOOPS = 3;
/** Steps an element takes, in multiply-adds of a convolution: of a function with exponentials, and of a sum. */
const FUNCTION_WORK = 32;
const MOVE_WORK = 4;

/** What a view is in the loops of the output: the element it starts with, and its step in each loop. */
interface Walk {
  /** Outermost first; the last is the one of columns, along which each view goes by 0 or 1. */
  readonly loops: Loop[];
  readonly starts: readonly number[];
}

/** Null where the kernel's loops can walk it, else the reason. */
export function whyNotElementwise(op: ElementwiseOp, inputs: readonly Shape[]): string | null {
  const { loops } = walk(op, inputs);
  if (loops.length > LOOPS) return "the cpu backend walks three loops, and the inputs are broadcast along more axes";
  const columns = loops.at(-1)?.size ?? 1;
  if (columns < SHORT && sizeOf(op.shape) > MANY_ROWS * columns)
    return "the cpu backend walks row by row, which does not pay for many short rows";
  const mode = (step: ElementwiseStep) => modeOf(step, loops, op.views.length);
  return op.steps.some((step) => mode(step) === 0)
    ? "the cpu backend needs an operand of each step to advance along the last axis"
    : null;
}

/** The outermost loop. */
export function divideElementwise(op: ElementwiseOp, inputs: readonly Shape[]): Division {
  const { loops } = walk(op, inputs);
  const work = op.steps.reduce((sum, { fn }) => sum + (typeof fn === "string" ? MOVE_WORK : FUNCTION_WORK), 0);
  return { size: loops[0]?.size ?? 1, grain: loops.length > 1 ? 1 : 16, work: sizeOf(op.shape) * work };
}

export function elementwise(op: ElementwiseOp, inputs: readonly Shape[], { begin, end }: Range): KernelPlan {
  const { loops, starts } = walk(op, inputs);
  const [first] = loops;
  const outputStep = first === undefined ? 1 : sizeOf(op.shape) / first.size;
  const offsets = starts.map((start, i) => start + begin * (first?.strides[i] ?? 0));
  if (first !== undefined) first.size = end - begin;
  const columns = loops.at(-1)?.size ?? 1;
  const chunk = Math.min(CHUNK, 16 * Math.ceil(columns / 16));
  const { places, registers } = placeResults(op);
  const block = new ParameterBlock();
  const missing = new Array<number>(LOOPS - loops.length).fill(1);
  block.int(...missing, ...loops.map(({ size }) => size), chunk, op.views.length);
  const viewTable = block.pointer();
  block.int(op.steps.length);
  const stepTable = block.pointer();
  block.int(registers);
  const pointers = block.pointer();
  const inputWords = inputs.map(() => block.int(0).length - 1);
  block.point(viewTable);
  op.views.forEach(({ input }, i) => {
    block.pointAt(block.pointer(), inputWords[input] ?? 0);
    block.int(4 * (offsets[i] ?? 0), ...missing.map(() => 0), ...loops.map(({ strides }) => 4 * (strides[i] ?? 0)));
  });
  block.point(stepTable);
  const ends = op.steps.map((step, i) =>
    appendStep(block, step, modeOf(step, loops, op.views.length), op.views.length + i),
  );
  block.point(pointers);
  const table = block.length;
  block.reserve(op.views.length + registers + 1);
  for (const { word, value } of ends.flat()) block.pointAt(word, table + (places[value] ?? 0));
  const workspace = registers * chunk;
  return { kernel: "elementwise", block, workspace, inputWords, outputOffset: begin * outputStep };
}

/** A word that is to be the address of the pointer of a value: a view, or the result of a step. */
interface Reference {
  readonly word: number;
  readonly value: number;
}

function appendStep(
  block: ParameterBlock,
  { fn, operands }: ElementwiseStep,
  mode: number,
  result: number,
): Reference[] {
  const [a, b = a] = operands;
  const [p = 0, q = 0, r = 0] = typeof fn === "string" ? [] : fn.params;
  block.int(typeof fn === "string" ? BINARY_IDS[fn] : UNARY_IDS[fn.name], operands.length);
  const references = [a, b, result].map((value) => ({ word: block.pointer(), value }));
  block.int(mode).float(p, q, r);
  return references;
}

/** Which operands advance along the columns, as `binaryRange` takes it: 1 the first, 2 the second. Results do. */
function modeOf({ operands }: ElementwiseStep, loops: readonly Loop[], views: number): number {
  const advances = (value: number) => value >= views || loops.at(-1)?.strides[value] === 1;
  return operands.reduce((mode, value, i) => mode + (advances(value) ? 1 << i : 0), 0);
}

function walk({ shape, views }: ElementwiseOp, inputs: readonly Shape[]): Walk {
  const slices = views.map(({ input, part }) => {
    const from = inputs[input] ?? [];
    const dense = denseStrides(from);
    const size = part?.size ?? from;
    const start = part?.begin.reduce((sum, n, i) => sum + n * (dense[i] ?? 0), 0) ?? 0;
    const lead = shape.length - size.length;
    const strides = shape.map((_, i) => (i < lead || size[i - lead] === 1 ? 0 : (dense[i - lead] ?? 0)));
    return { start, strides };
  });
  const loops = mergeLoops(
    shape,
    slices.map(({ strides }) => strides),
  );
  const even = loops.at(-1)?.strides.every((stride) => stride === 0 || stride === 1);
  if (!even) loops.push({ size: 1, strides: slices.map(() => 1) });
  return { loops, starts: slices.map(({ start }) => start) };
}

/** Where each value is: views first, then registers, which results share that are not needed at the same time, then the output. */
function placeResults({ views, steps }: ElementwiseOp): { places: number[]; registers: number } {
  const lastRead = new Map(steps.flatMap(({ operands }, i) => operands.map((value) => [value, i] as const)));
  const places = views.map((_, i) => i);
  const free: number[] = [];
  let registers = 0;
  for (const [i, { operands }] of steps.slice(0, -1).entries()) {
    // A step may write where it reads.
    for (const value of new Set(operands))
      if (value >= views.length && lastRead.get(value) === i) free.push(places[value] ?? 0);
    places.push(free.pop() ?? views.length + registers++);
  }
  places.push(views.length + registers);
  return { places, registers };
}
