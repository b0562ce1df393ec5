/** Parameter blocks of what moves elements: reshape, broadcast, slice, pad, concat, transpose. */
import { type ConcatOp, type PadOp, type Shape, type SliceOp, sizeOf, type TransposeOp } from "@keras-ts/core";
import { FIRST_INPUT, PARAMETERS, ParameterBlock } from "../parameter-block.ts";
import { appendOuterLoops, broadcastStrides, denseStrides, iterations, type Loop, mergeLoops } from "../strided.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** All elements, in order. */
export function copyAll(input: Shape): KernelPlan {
  return copyPlan([{ size: sizeOf(input), strides: [1, 1] }]);
}

export function broadcast(input: Shape, output: Shape): KernelPlan {
  return copyPlan(mergeLoops(output, [broadcastStrides(input, output), denseStrides(output)]));
}

export function slice(op: SliceOp, input: Shape): KernelPlan {
  const strides = denseStrides(input);
  const begin = op.begin.reduce((sum, b, i) => sum + b * (strides[i] ?? 0), 0);
  return copyPlan(mergeLoops(op.size, [strides, denseStrides(op.size)]), begin);
}

export function concat(op: ConcatOp, inputs: readonly Shape[], output: Shape): KernelPlan {
  const block = new ParameterBlock();
  block.int(inputs.length);
  const table = block.pointer();
  block.point(table);
  const entries = inputs.map(() => ({ part: block.pointer(), input: block.int(0).length - 1 }));
  const strides = denseStrides(output);
  let start = 0;
  inputs.forEach((shape, i) => {
    const entry = entries[i];
    if (entry !== undefined) block.pointAt(entry.part, block.length);
    block.reserve(PARAMETERS);
    appendCopy(block, mergeLoops(shape, [denseStrides(shape), strides]), 0, start * (strides[op.axis] ?? 0));
    start += shape[op.axis] ?? 0;
  });
  return { kernel: "concat", block, workspace: 0, inputWords: entries.map((e) => e.input) };
}

/** As `concat` of x and the slabs around it, which repeat the value; no element is written twice. */
export function pad(op: PadOp, input: Shape, output: Shape): KernelPlan {
  const slabs = slabsAround(op, input);
  const strides = denseStrides(output);
  const block = new ParameterBlock();
  block.int(1 + slabs.length);
  block.point(block.pointer());
  const parts = [input, ...slabs.map(({ size }) => size)].map((size, i) => {
    const part = block.pointer();
    return { part, size, source: i === 0 ? block.int(0).length - 1 : block.pointer() };
  });
  for (const { source } of parts.slice(1)) block.point(source);
  block.float(op.value);
  parts.forEach(({ part, size }, i) => {
    const begin = i === 0 ? op.padding.map(([before]) => before) : (slabs[i - 1]?.begin ?? []);
    const start = begin.reduce((sum, b, axis) => sum + b * (strides[axis] ?? 0), 0);
    block.pointAt(part, block.length);
    block.reserve(PARAMETERS);
    appendCopy(block, mergeLoops(size, [i === 0 ? denseStrides(size) : size.map(() => 0), strides]), 0, start);
  });
  return { kernel: "concat", block, workspace: 0, inputWords: [parts[0]?.source ?? 0] };
}

interface Slab {
  readonly begin: readonly number[];
  readonly size: readonly number[];
}

/** What lies before and after x along each axis, where axes before it are inside x and those after it anywhere. */
function slabsAround(op: PadOp, input: Shape): Slab[] {
  return op.padding.flatMap(([before, after], axis) =>
    [
      { at: 0, length: before },
      { at: before + (input[axis] ?? 0), length: after },
    ]
      .filter(({ length }) => length > 0)
      .map(({ at, length }) => ({
        begin: op.padding.map(([first], i) => (i < axis ? first : i === axis ? at : 0)),
        size: op.padding.map(([first, last], i) =>
          i < axis ? (input[i] ?? 0) : i === axis ? length : first + (input[i] ?? 0) + last,
        ),
      })),
  );
}

export function transpose(op: TransposeOp, input: Shape, output: Shape): KernelPlan {
  const dense = denseStrides(input);
  const loops = mergeLoops(output, [op.perm.map((p) => dense[p] ?? 0), denseStrides(output)]);
  const columns = loops.findIndex((loop) => loop.strides[0] === 1); // dense in the input
  const rows = loops.length - 1; // dense in the output
  if (columns === rows || columns < 0) return copyPlan(loops);
  const outer = loops.filter((_, i) => i !== columns && i !== rows);
  const block = new ParameterBlock();
  block.int(iterations(outer), loops[rows]?.size ?? 1, loops[columns]?.size ?? 1);
  block.int((loops[rows]?.strides[0] ?? 0) * 4, (loops[columns]?.strides[1] ?? 0) * 4);
  appendOuterLoops(block, outer);
  return { kernel: "transpose", block, workspace: 0 };
}

/** True where a permutation leaves the innermost of the axes that matter in place: whole runs are copied. */
export function keepsRuns(op: TransposeOp, input: Shape): boolean {
  const moved = op.perm.filter((p) => input[p] !== 1);
  return moved.length === 0 || moved.at(-1) === Math.max(...moved);
}

function copyPlan(loops: readonly Loop[], begin = 0): KernelPlan {
  const block = new ParameterBlock();
  appendCopy(block, loops, begin, 0);
  return { kernel: "copy", block, workspace: 0, inputWords: [FIRST_INPUT] };
}

/** The parameters of `copy`: strides are those of x, then y. */
function appendCopy(block: ParameterBlock, loops: readonly Loop[], xStart: number, yStart: number): void {
  const inner = loops.at(-1);
  const [x = 0, y = 1] = inner?.strides ?? [1, 1];
  const isRun = y === 1 && (x === 0 || x === 1);
  const outer = isRun ? loops.slice(0, -1) : loops;
  const run = isRun ? (inner?.size ?? 1) : 1;
  block.int(iterations(outer), run, isRun ? x : 1, xStart * 4, yStart * 4);
  appendOuterLoops(block, outer);
}
