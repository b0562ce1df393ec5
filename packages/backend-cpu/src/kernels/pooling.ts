/** Parameter blocks of `pool` and `pool_grad` (`assembly/pool.ts` has the offsets). */
import { type PoolAxis, type PoolGradOp, type PoolOp, type Shape, sizeOf } from "@keras-ts/core";
import { axisStrides } from "../convolution-geometry.ts";
import { ParameterBlock } from "../parameter-block.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** A range of positions of an axis. */
interface Range {
  readonly start: number;
  readonly count: number;
}

const WHOLE_UNIT_AXIS: PoolAxis = { outputSize: 1, step: 1, divisor: 1, reach: 1, before: 0 };

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

export function pool(kernel: "direct" | "rows" | "wide", op: PoolOp, x: Shape): KernelPlan {
  const axes = threeAxes(op.axes);
  const inputSize = threeSizes(x.slice(1, -1));
  const channels = x.at(-1) ?? 1;
  const row = (inputSize[2] ?? 1) * channels;
  const block = new ParameterBlock();
  appendWindows(block, x[0] ?? 0, axes, inputSize, channels);
  const names = { direct: ["poolMax", "poolMean"], rows: ["poolMaxRows", "poolMeanRows"] } as const;
  if (kernel === "wide") return { kernel: "poolMeanWide", block, workspace: 0 };
  return { kernel: names[kernel][op.fn === "max" ? 0 : 1], block, workspace: kernel === "rows" ? row : 0 };
}

export function poolGradMax(op: PoolGradOp, output: Shape): KernelPlan {
  const block = new ParameterBlock();
  const channels = output.at(-1) ?? 1;
  appendWindows(block, output[0] ?? 0, threeAxes(op.axes), threeSizes(op.inputSize), channels, sizeOf(output));
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
  axes: readonly PoolAxis[],
  inputSize: readonly number[],
  channels: number,
  gradientSize = 0,
): void {
  const strides = axisStrides(inputSize, channels);
  block.int(batch, inputSize.reduce((product, n) => product * n, channels) * 4, channels);
  block.int(...axes.map(({ outputSize }) => outputSize));
  const tables = axes.map(() => block.pointer());
  block.int(...strides, (inputSize[2] ?? 1) * channels, gradientSize);
  axes.forEach((axis, i) => {
    block.point(tables[i] ?? 0);
    for (const { start, count } of windowsOf(axis, inputSize[i] ?? 0)) {
      block.int(start * (strides[i] ?? 0), count).float(1 / count);
    }
  });
}

/** The windows of an axis, cut to the input. */
function windowsOf({ outputSize, step, divisor, reach, before }: PoolAxis, inputSize: number): Range[] {
  return Array.from({ length: outputSize }, (_, i) => {
    const start = Math.max(0, Math.floor((i * step) / divisor) - before);
    const end = Math.min(inputSize, Math.floor((i * step + reach) / divisor) - before);
    return { start, count: Math.max(0, end - start) };
  });
}

/** Which windows hold each position: windows start and end in ascending order, so these are ranges too. */
function coversOf(windows: readonly Range[], inputSize: number): Range[] {
  let start = 0;
  let end = 0;
  return Array.from({ length: inputSize }, (_, position) => {
    while (end < windows.length && (windows[end]?.start ?? 0) <= position) end++;
    while (start < end && endOf(windows[start]) <= position) start++;
    return { start, count: end - start };
  });
}

function endOf(range: Range | undefined): number {
  return range === undefined ? 0 : range.start + range.count;
}

function threeAxes(axes: readonly PoolAxis[]): PoolAxis[] {
  return [...new Array<PoolAxis>(3 - axes.length).fill(WHOLE_UNIT_AXIS), ...axes];
}

function threeSizes(sizes: readonly number[]): number[] {
  return [...new Array<number>(3 - sizes.length).fill(1), ...sizes];
}
