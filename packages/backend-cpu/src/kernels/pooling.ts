/** Parameter blocks of `pool` and `pool_grad` (`assembly/pool.ts` has the offsets). */
import { type PoolAxis, type PoolGradOp, type PoolOp, type Shape, sizeOf } from "@keras-ts/core";
import { axisStrides } from "../convolution-geometry.ts";
import type { Division, Range } from "../divide.ts";
import { ParameterBlock } from "../parameter-block.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** Positions of an axis. */
interface Positions {
  readonly start: number;
  readonly count: number;
}

const WHOLE_UNIT_AXIS: PoolAxis = { outputSize: 1, step: 1, divisor: 1, reach: 1, before: 0 };

/** Steps a position of a window takes, in multiply-adds of a convolution. */
const WINDOW_WORK = 4;

/** Terms up to which float lanes are exact enough. */
const NARROW = 32;

/**
 * Whether the rows of overlapping windows are better joined first: by loads and stores of a vector of y, of which those
 * through the workspace cost half as much again (scripts/time-kernels.mjs, rows "k3 stride 1" and "k5 stride 1").
 */
export function sharesRows(op: PoolOp): boolean {
  const { rows, width, stride } = windowSize(op.axes);
  if (op.fn === "mean" && Math.max(rows, width) > NARROW) return false;
  return 1.5 * (stride * (rows + 1) + width) < rows * width;
}

/** Whether a mean has so many terms that it needs doubles. */
export function isWide(op: PoolOp): boolean {
  const { rows, width } = windowSize(op.axes);
  return op.fn === "mean" && rows * width > NARROW;
}

/** The largest window: its rows, the positions of a row, and how far apart windows are along the row. */
function windowSize(axes: readonly PoolAxis[]): { rows: number; width: number; stride: number } {
  const sizes = axes.map(({ reach, divisor }) => Math.ceil(reach / divisor));
  const last = axes.at(-1) ?? WHOLE_UNIT_AXIS;
  const width = sizes.at(-1) ?? 1;
  return { rows: sizes.reduce((product, k) => product * k, 1) / width, width, stride: last.step / last.divisor };
}

/** Images, or rows of the only one. */
export function dividePool(op: PoolOp, x: Shape, output: Shape): Division | null {
  const { rows, width } = windowSize(op.axes);
  const work = sizeOf(output) * rows * width * WINDOW_WORK;
  const batch = x[0] ?? 0;
  if (batch > 1) return { size: batch, grain: 1, work };
  const axes = threeAxes(op.axes);
  const [depth = 1, height = 1] = axes.map(({ outputSize }) => outputSize);
  return depth > 1 ? { size: depth, grain: 1, work } : { size: height, grain: 1, work };
}

export function pool(kernel: "direct" | "rows" | "wide", op: PoolOp, x: Shape, { begin, end }: Range): KernelPlan {
  const whole = threeAxes(op.axes);
  const inputSize = threeSizes(x.slice(1, -1));
  const channels = x.at(-1) ?? 1;
  const row = (inputSize[2] ?? 1) * channels;
  const batch = x[0] ?? 0;
  const cut = batch > 1 ? -1 : (whole[0]?.outputSize ?? 1) > 1 ? 0 : 1;
  const outputSizes = [batch, ...whole.map(({ outputSize }) => outputSize), channels];
  // Windows of an axis begin at multiples of step / divisor: those of a part are not, so that tables are cut instead.
  const tables = whole.map((axis, i) => windowsOf(axis, inputSize[i] ?? 0));
  const axes = tables.map((list, i) => (i === cut ? list.slice(begin, end) : list));
  const block = new ParameterBlock();
  appendWindows(block, batch > 1 ? end - begin : batch, axes, inputSize, channels);
  const names = { direct: ["poolMax", "poolMean"], rows: ["poolMaxRows", "poolMeanRows"] } as const;
  return {
    kernel: kernel === "wide" ? "poolMeanWide" : names[kernel][op.fn === "max" ? 0 : 1],
    block,
    workspace: kernel === "rows" ? row : 0,
    outputOffset: begin * sizeOf(outputSizes.slice(cut + 2)),
    inputOffsets: [cut < 0 ? begin * sizeOf(inputSize) * channels : 0],
  };
}

export function poolGradMax(op: PoolGradOp, output: Shape): KernelPlan {
  const block = new ParameterBlock();
  const channels = output.at(-1) ?? 1;
  const inputSize = threeSizes(op.inputSize);
  const windows = threeAxes(op.axes).map((axis, i) => windowsOf(axis, inputSize[i] ?? 0));
  appendWindows(block, output[0] ?? 0, windows, inputSize, channels, sizeOf(output));
  return { kernel: "poolGradMax", block, workspace: 0 };
}

export function poolGradMean(op: PoolGradOp, dy: Shape): KernelPlan {
  const axes = threeAxes(op.axes);
  const inputSize = threeSizes(op.inputSize);
  const windowCounts = axes.map(({ outputSize }) => outputSize);
  const channels = dy.at(-1) ?? 1;
  const strides = axisStrides(windowCounts, channels);
  const block = new ParameterBlock();
  block.int(dy[0] ?? 0, windowCounts.reduce((product, n) => product * n, channels) * 4, channels, ...inputSize);
  const tables = axes.map(() => block.pointer());
  block.int(...strides);
  axes.forEach((axis, i) => {
    const windows = windowsOf(axis, inputSize[i] ?? 0);
    block.point(tables[i] ?? 0);
    const pointers = coversOf(windows, inputSize[i] ?? 0).map(({ start, count }) => {
      block.int(start * (strides[i] ?? 0), count);
      return { pointer: block.pointer(), start };
    });
    const shares = block.length;
    for (const { count } of windows) block.float(1 / count);
    for (const { pointer, start } of pointers) block.pointAt(pointer, shares + start);
  });
  return { kernel: "poolGradMean", block, workspace: 0 };
}

/** What pooling and the gradient of its maximum share; `last` are the parameters after the strides. */
function appendWindows(
  block: ParameterBlock,
  batch: number,
  windows: readonly (readonly Positions[])[],
  inputSize: readonly number[],
  channels: number,
  gradientSize = 0,
): void {
  const strides = axisStrides(inputSize, channels);
  block.int(batch, inputSize.reduce((product, n) => product * n, channels) * 4, channels);
  block.int(...windows.map((list) => list.length));
  const tables = windows.map(() => block.pointer());
  block.int(...strides, (inputSize[2] ?? 1) * channels, gradientSize);
  windows.forEach((list, i) => {
    block.point(tables[i] ?? 0);
    for (const { start, count } of list) {
      block.int(start * (strides[i] ?? 0), count).float(1 / count);
    }
  });
}

/** The windows of an axis, cut to the input. */
function windowsOf({ outputSize, step, divisor, reach, before }: PoolAxis, inputSize: number): Positions[] {
  return Array.from({ length: outputSize }, (_, i) => {
    const start = Math.max(0, Math.floor((i * step) / divisor) - before);
    const end = Math.min(inputSize, Math.floor((i * step + reach) / divisor) - before);
    return { start, count: Math.max(0, end - start) };
  });
}

/** Which windows hold each position: windows start and end in ascending order, so these are ranges too. */
function coversOf(windows: readonly Positions[], inputSize: number): Positions[] {
  let start = 0;
  let end = 0;
  return Array.from({ length: inputSize }, (_, position) => {
    while (end < windows.length && (windows[end]?.start ?? 0) <= position) end++;
    while (start < end && endOf(windows[start]) <= position) start++;
    return { start, count: end - start };
  });
}

function endOf(positions: Positions | undefined): number {
  return positions === undefined ? 0 : positions.start + positions.count;
}

function threeAxes(axes: readonly PoolAxis[]): PoolAxis[] {
  return [...new Array<PoolAxis>(3 - axes.length).fill(WHOLE_UNIT_AXIS), ...axes];
}

function threeSizes(sizes: readonly number[]): number[] {
  return [...new Array<number>(3 - sizes.length).fill(1), ...sizes];
}
