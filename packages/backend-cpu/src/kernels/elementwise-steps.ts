/** Parameter blocks of `elementwise` (`assembly/elementwise.ts` and `elementwise-packed.ts` have the offsets). */
import { type ElementwiseOp, type ElementwiseStep, type Shape, sizeOf } from "@keras-ts/core";
import type { Division, Range } from "../divide.ts";
import { BINARY_IDS, UNARY_IDS } from "../ids.ts";
import { ParameterBlock } from "../parameter-block.ts";
import { denseStrides, type Loop, mergeLoops } from "../strided.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** Elements that all steps take before the next are begun: with four registers of them, half of L1. A multiple of 16. */
const CHUNK = 1024;
/**
 * Rows of fewer columns are packed: 64 take 0.75 of the time then, from 128 on there is no difference (scripts/time-kernels.mjs, rows "standardize").
 * Short rows one by one would take longer than one op after another.
 */
const SHORT = 128;
/** Elements by which the last store into a chunk of packed rows may go too far, and more, for whole cache lines. */
const SLACK = 16;
/** Loops of the kernel: two of rows, one of columns. */
const LOOPS = 3;
/** How the kernel reads a view of packed rows (`assembly/elementwise-packed.ts`). */
const IN_PLACE = 0;
const FILLED_EACH_TIME = 1;
const FILLED_ONCE = 2;
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
  const { advances } = isShort(loops) ? packed(loops) : inLongRows(loops);
  return op.steps.some((step) => modeOf(op, step, advances) === 0)
    ? "the cpu backend needs an operand of each step to advance along the last axis"
    : null;
}

/** Whether its rows are so short that several make up a chunk. */
export function packsRows(op: ElementwiseOp, inputs: readonly Shape[]): boolean {
  return isShort(walk(op, inputs).loops);
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
  const { kernel, sizes, chunk, more, views, advances, filled } = isShort(loops) ? packed(loops) : inLongRows(loops);
  const { places, registers } = placeResults(op);
  const block = new ParameterBlock();
  block.int(...sizes, chunk, op.views.length);
  const viewTable = block.pointer();
  block.int(op.steps.length);
  const stepTable = block.pointer();
  block.int(registers);
  const pointers = block.pointer();
  block.int(...more);
  const inputWords = inputs.map(() => block.int(0).length - 1);
  block.point(viewTable);
  op.views.forEach(({ input }, i) => {
    block.pointAt(block.pointer(), inputWords[input] ?? 0);
    block.int(4 * (offsets[i] ?? 0), ...views(i, registers));
  });
  block.point(stepTable);
  const ends = op.steps.map((step, i) => appendStep(block, step, modeOf(op, step, advances), op.views.length + i));
  block.point(pointers);
  const table = block.length;
  block.reserve(op.views.length + registers + 1);
  for (const { word, value } of ends.flat()) block.pointAt(word, table + (places[value] ?? 0));
  const workspace = (registers + filled) * chunk;
  return { kernel, block, workspace, inputWords, outputOffset: begin * outputStep };
}

/** How a kernel goes through the loops. */
interface Form {
  readonly kernel: "elementwise" | "elementwisePacked";
  /** Of its loops, and what else it wants to know of them. */
  readonly sizes: readonly number[];
  readonly more: readonly number[];
  /** Elements of a register. */
  readonly chunk: number;
  /** The words of view i behind its offset, given how many registers results take. */
  views(i: number, registers: number): number[];
  /** Whether view i goes on from element to element; else it is one number a run. */
  advances(i: number): boolean;
  /** How many views are copied to chunks of their own, behind the registers. */
  readonly filled: number;
}

function inLongRows(loops: readonly Loop[]): Form {
  const missing = new Array<number>(Math.max(0, LOOPS - loops.length)).fill(0);
  const columns = loops.at(-1)?.size ?? 1;
  return {
    kernel: "elementwise",
    sizes: [...missing.map(() => 1), ...loops.map(({ size }) => size)],
    more: [],
    chunk: Math.min(CHUNK, 16 * Math.ceil(columns / 16)),
    views: (i) => [...missing, ...loops.map(({ strides }) => 4 * (strides[i] ?? 0))],
    advances: (i) => loops.at(-1)?.strides[i] === 1,
    filled: 0,
  };
}

function isShort(loops: readonly Loop[]): boolean {
  return loops.length > 1 && (loops.at(-1)?.size ?? 1) < SHORT;
}

/** Iterations of the outermost loop are packed where several fit in a chunk, else those of the one inside of it. */
function packed(loops: readonly Loop[]): Form {
  const ones: Loop = { size: 1, strides: loops[0]?.strides.map(() => 0) ?? [] };
  const [columns = ones, ...rows] = loops.toReversed(); // the innermost of `rows` first
  const [inner = ones, outermost] = rows;
  const deep = outermost !== undefined && 2 * inner.size * columns.size <= CHUNK;
  const four = deep ? [ones, outermost, inner, columns] : [outermost ?? ones, inner, ones, columns];
  const [outside = ones, count = ones, within = ones] = four;
  const size = within.size * columns.size;
  const together = Math.max(1, Math.floor(CHUNK / size));
  const chunk = 16 * Math.ceil((together * size) / 16) + SLACK;
  const form = (i: number): number => {
    const [a = 0, b = 0, c = 0, d = 0] = four.map(({ strides }) => strides[i] ?? 0);
    const isDense = d === 1 && (within.size === 1 || c === columns.size) && b === size;
    if (isDense || (b === 0 && c === 0 && d === 0)) return IN_PLACE;
    return a === 0 && b === 0 ? FILLED_ONCE : FILLED_EACH_TIME;
  };
  const filledBefore = (i: number) => columns.strides.slice(0, i).filter((_, k) => form(k) !== IN_PLACE).length;
  return {
    kernel: "elementwisePacked",
    sizes: [outside.size, count.size, within.size],
    more: [columns.size, together],
    chunk,
    views: (i, registers) => [
      ...four.map(({ strides }) => 4 * (strides[i] ?? 0)),
      form(i),
      4 * chunk * (registers + filledBefore(i)),
    ],
    advances: (i) => form(i) !== IN_PLACE || (columns.strides[i] ?? 0) === 1,
    filled: filledBefore(columns.strides.length),
  };
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

/** Which operands advance along a run, as `binaryRange` takes it: 1 the first, 2 the second. Results do. */
function modeOf({ views }: ElementwiseOp, { operands }: ElementwiseStep, advances: Form["advances"]): number {
  return operands.reduce((mode, value, i) => mode + (value >= views.length || advances(value) ? 1 << i : 0), 0);
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
