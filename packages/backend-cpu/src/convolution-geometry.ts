/**
 * Turns the geometry of convolutions into boxes for the kernels: one to three spatial axes become three with leading
 * unit axes, and each axis is cut into segments whose positions share their valid taps (`assembly/conv-box.ts`).
 */
import type { ConvFilterGradOp, ConvOp, ConvTransposeOp, Shape } from "@keras-ts/core";
import type { Range } from "./divide.ts";
import type { ParameterBlock } from "./parameter-block.ts";

/** A kernel tap `j` that reads the input at the position's own index plus `offset`. */
interface Tap {
  readonly j: number;
  readonly offset: number;
}

export interface Segment {
  count: number;
  /** `count` before the segment was cut among threads. */
  whole?: number;
  readonly outStart: number;
  readonly outStep: number;
  /** The input index, maybe outside, that tap offset 0 has at the first position. */
  readonly inStart: number;
  readonly inStep: number;
  readonly taps: readonly Tap[];
}

/** One spatial axis. `before` is padding for a convolution, the crop for a transposed one. */
export interface Axis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

const UNIT: Axis = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };

/** Depth, height, width of an op between channels-last shapes. */
export function spatialAxes(op: ConvOp | ConvTransposeOp | ConvFilterGradOp, input: Shape, output: Shape): Axis[] {
  const axes = op.kernelSize.map(
    (kernel, i): Axis => ({
      input: input[i + 1] ?? 1,
      output: output[i + 1] ?? 1,
      kernel,
      stride: op.strides[i] ?? 1,
      dilation: op.dilation[i] ?? 1,
      before: leadingCut(op, i),
    }),
  );
  return [...new Array<Axis>(3 - axes.length).fill(UNIT), ...axes];
}

function leadingCut(op: ConvOp | ConvTransposeOp | ConvFilterGradOp, i: number): number {
  if (op.kind === "conv") return op.padding[i]?.[0] ?? 0;
  return (op.kind === "conv_transpose" ? op.crop[i] : op.padBefore[i]) ?? 0;
}

/** True where every position reads exactly its own input: all of space and batch is then one axis. */
export function isPointwise(axes: readonly Axis[]): boolean {
  return axes.every((a) => a.kernel === 1 && a.stride === 1 && a.before === 0 && a.input === a.output);
}

/** Flattens batch and space of a pointwise op into the last axis. */
export function flattened(batch: number, axes: readonly Axis[]): Axis[] {
  const size = axes.reduce((product, a) => product * a.input, batch);
  return [UNIT, UNIT, { ...UNIT, input: size, output: size }];
}

export function convolutionSegments(axis: Axis): Segment[] {
  const segments: Segment[] = [];
  let [lastFirst, lastEnd] = [-1, -1];
  for (let o = 0; o < axis.output; o++) {
    const inStart = o * axis.stride - axis.before;
    const first = Math.max(0, Math.ceil(-inStart / axis.dilation));
    const end = Math.min(axis.kernel, Math.ceil((axis.input - inStart) / axis.dilation));
    const current = segments.at(-1);
    if (current !== undefined && first === lastFirst && end === lastEnd) {
      current.count++;
      continue;
    }
    [lastFirst, lastEnd] = [first, end];
    const taps: Tap[] = [];
    for (let j = first; j < end; j++) taps.push({ j, offset: j * axis.dilation });
    segments.push({ count: 1, outStart: o, outStep: 1, inStart, inStep: axis.stride, taps });
  }
  return segments;
}

/** All of an axis, with the positions whose taps are not all inside. */
export function rowSegment({ output, kernel, stride, dilation, before }: Axis): Segment {
  const taps = Array.from({ length: kernel }, (_, j) => ({ j, offset: j * dilation }));
  return { count: output, outStart: 0, outStep: 1, inStart: -before, inStep: stride, taps };
}

/** Outputs of one phase (index modulo stride) read a fixed subset of taps at input steps of one. */
export function transposedSegments(axis: Axis): Segment[] {
  const segments: Segment[] = [];
  for (let phase = 0; phase < Math.min(axis.stride, axis.output); phase++) {
    const all = phaseTaps(axis, phase);
    // The taps from `first` to before `end` read inside; both come down as positions go up.
    let first = all.length;
    let end = all.length;
    let [lastFirst, lastEnd] = [-1, -1];
    let current: Segment | undefined;
    for (let q = 0; phase + q * axis.stride < axis.output; q++) {
      while (first > 0 && q + (all[first - 1]?.offset ?? 0) >= 0) first--;
      while (end > 0 && q + (all[end - 1]?.offset ?? 0) >= axis.input) end--;
      if (current !== undefined && first === lastFirst && end === lastEnd) {
        current.count++;
        continue;
      }
      [lastFirst, lastEnd] = [first, end];
      const outStart = phase + q * axis.stride;
      current = { count: 1, outStart, outStep: axis.stride, inStart: q, inStep: 1, taps: all.slice(first, end) };
      segments.push(current);
    }
  }
  return segments;
}

/** The positions of segments whose outputs lie in a range. */
export function cutSegments(segments: readonly Segment[], { begin, end }: Range): Segment[] {
  return segments.flatMap((s) => {
    const first = Math.max(0, Math.ceil((begin - s.outStart) / s.outStep));
    const count = Math.min(s.count, Math.ceil((end - s.outStart) / s.outStep)) - first;
    if (count <= 0) return [];
    const outStart = s.outStart + first * s.outStep;
    return [{ ...s, count, whole: s.count, outStart, inStart: s.inStart + first * s.inStep }];
  });
}

/** In order of the inputs they read, which is the reverse of the kernel's. */
function phaseTaps(axis: Axis, phase: number): Tap[] {
  const taps: Tap[] = [];
  for (let j = axis.kernel - 1; j >= 0; j--) {
    const distance = phase + axis.before - j * axis.dilation;
    if (distance % axis.stride === 0) taps.push({ j, offset: distance / axis.stride });
  }
  return taps;
}

/** How tables are measured: bytes between neighbouring indices of each axis, and whether runs of taps may merge. */
export interface Strides {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly w: readonly number[];
  /** Input channels of a tap; a run covers this many elements a tap. */
  readonly channels: number;
  readonly merge: boolean;
}

/** Bytes between neighbours of depth, height, width in a channels-last tensor. */
export function axisStrides(sizes: readonly number[], channels: number): number[] {
  const [, height = 1, width = 1] = sizes;
  return [height * width * channels * 4, width * channels * 4, channels * 4];
}

/** Appends the segment tables of three axes and points `pointers` at them. */
export function appendSegments(
  block: ParameterBlock,
  pointers: readonly number[],
  segments: readonly Segment[][],
  strides: Strides,
): void {
  segments.forEach((list, axis) => {
    const x = strides.x[axis] ?? 0;
    const y = strides.y[axis] ?? 0;
    block.point(pointers[axis] ?? 0);
    const tapPointers = list.map((s) => {
      const taps = tapRuns(s.taps, strides, axis);
      block.int(s.count, s.inStart * x, s.inStep * x, s.outStart * y, s.outStep * y, taps.length / 3);
      const pointer = block.pointer();
      block.int(s.whole ?? s.count);
      return { pointer, taps };
    });
    for (const { pointer, taps } of tapPointers) {
      block.point(pointer);
      block.int(...taps);
    }
  });
}

/** {x byte offset, weight byte offset, run} of each tap; on the innermost axis neighbours become one run. */
function tapRuns(taps: readonly Tap[], strides: Strides, axis: number): number[] {
  const x = strides.x[axis] ?? 0;
  const w = strides.w[axis] ?? 0;
  const words: number[] = [];
  taps.forEach((tap, i) => {
    const previous = taps[i - 1];
    const joins = strides.merge && axis === 2 && previous !== undefined && tap.offset === previous.offset + 1;
    if (joins && tap.j === previous.j + 1) words[words.length - 1] = (words.at(-1) ?? 0) + strides.channels;
    else words.push(tap.offset * x, tap.j * w, strides.channels);
  });
  return words;
}
