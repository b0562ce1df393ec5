/** Parameter blocks of `conv_filter_grad` (`assembly/filter-grad.ts` has the offsets). */
import { type ConvFilterGradOp, type Shape, sizeOf } from "@keras-ts/core";
import { type Axis, axisStrides, flattened, isPointwise, spatialAxes } from "../convolution-geometry.ts";
import type { Division, Range } from "../divide.ts";
import { ParameterBlock } from "../parameter-block.ts";
import { appendSpread } from "./convolution.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** The positions of an axis at which a tap reads inside the input. */
interface Reach {
  readonly first: number;
  readonly count: number;
  readonly inStart: number;
}

/** Depthwise without multiplier, and neighbouring positions share inputs: pieces of three taps. */
export function goesByThrees(op: ConvFilterGradOp): boolean {
  const isDepthwise = op.groups === op.inChannels && op.outChannels === op.inChannels;
  return isDepthwise && (op.kernelSize.at(-1) ?? 1) >= 3 && op.strides.at(-1) === op.dilation.at(-1);
}

/**
 * What threads divide of dw, never the positions that are summed: groups, or the input channels of the only one, or taps. Whole tiles are
 * whole in every part, so that each element is the same sum whoever computes it.
 */
interface Cut {
  readonly of: "groups" | "inputs" | "taps";
  readonly size: number;
  readonly grain: number;
}

/** Parts that are worth having of channels, before taps are divided. */
const ROOMY = 8;

function cutOf(op: ConvFilterGradOp): Cut {
  const width = op.kernelSize.at(-1) ?? 1;
  const rows = op.kernelSize.reduce((product, k) => product * k, 1) / width;
  const taps: Cut = { of: "taps", size: rows * width, grain: goesByThrees(op) ? width : 1 };
  const channels: Cut =
    op.groups > 1
      ? { of: "groups", size: op.groups, grain: op.groups === op.inChannels ? 8 : 1 }
      : { of: "inputs", size: op.inChannels, grain: 4 };
  const [tapParts = 1, channelParts = 1] = [taps, channels].map(({ size, grain: unit }) => Math.ceil(size / unit));
  return channelParts >= Math.min(ROOMY, tapParts) ? channels : taps;
}

export function divideFilterGrad(op: ConvFilterGradOp, dy: Shape): Division {
  const { size, grain } = cutOf(op);
  const taps = op.kernelSize.reduce((product, k) => product * k, 1);
  const work = sizeOf(dy) * taps * (op.inChannels / op.groups);
  // Products of vectors are half as fast as those of matrices.
  return { size, grain, work: op.groups === op.inChannels ? 2 * work : work };
}

/** The operands' part of a range: what dw has of it, and where its part of x, dy and dw begins. */
interface Share {
  readonly groups: number;
  readonly inputs: number;
  readonly taps: Range;
  /** dw's part as rows: how many, the elements of one, and from row to row. */
  readonly rows: readonly [count: number, elements: number, step: number];
  readonly outputOffset: number;
  readonly inputOffsets: readonly [x: number, dy: number];
}

function shareOf(op: ConvFilterGradOp, { begin, end }: Range): Share {
  const cut = cutOf(op).of;
  const count = end - begin;
  const taps = op.kernelSize.reduce((product, k) => product * k, 1);
  const inputs = op.inChannels / op.groups;
  const outputs = op.outChannels / op.groups;
  const tap = inputs * op.outChannels;
  const whole = { groups: op.groups, inputs, taps: { begin: 0, end: taps } };
  if (cut === "groups") {
    const rows = [taps * inputs, count * outputs, op.outChannels] as const;
    const inputOffsets = [begin * inputs, begin * outputs] as const;
    return { ...whole, groups: count, rows, outputOffset: begin * outputs, inputOffsets };
  }
  if (cut === "inputs") {
    const rows = [taps, count * op.outChannels, tap] as const;
    return { ...whole, inputs: count, rows, outputOffset: begin * op.outChannels, inputOffsets: [begin, 0] };
  }
  return {
    ...whole,
    taps: { begin, end },
    rows: [1, count * tap, 0],
    outputOffset: begin * tap,
    inputOffsets: [0, 0],
  };
}

export function filterGrad(op: ConvFilterGradOp, x: Shape, dy: Shape, range: Range): KernelPlan {
  let axes = spatialAxes(op, x, dy);
  let batch = x[0] ?? 0;
  if (isPointwise(axes)) {
    axes = flattened(batch, axes);
    batch = 1;
  }
  const isDepthwise = op.groups === op.inChannels;
  const xStrides = axisStrides(
    axes.map((a) => a.input),
    op.inChannels,
  );
  const yStrides = axisStrides(
    axes.map((a) => a.output),
    op.outChannels,
  );
  const outputs = op.outChannels / op.groups;
  const { groups, inputs, taps, rows, outputOffset, inputOffsets } = shareOf(op, range);
  const tapBytes = (op.inChannels / op.groups) * op.outChannels * 4;
  const pieces = pieceTable(axes, xStrides, yStrides, tapBytes, goesByThrees(op), taps);
  const block = new ParameterBlock();
  block.int(batch, (xStrides[0] ?? 0) * (axes[0]?.input ?? 1), (yStrides[0] ?? 0) * (axes[0]?.output ?? 1));
  block.int(pieces.length / PIECE_WORDS);
  const list = block.pointer();
  block.int(groups, inputs, outputs, op.outChannels);
  block.int(...xStrides.map((s, i) => s * (axes[i]?.stride ?? 1)), ...yStrides);
  const spread = block.pointer();
  block.int(outputs, ...rows);
  block.point(list);
  for (const word of pieces) block.int(word);
  if (isDepthwise) appendSpread(block, spread, groups * outputs, outputs);
  const kernel = isDepthwise ? "filterGradDepthwise" : "filterGradDense";
  return { kernel, block, workspace: 0, outputOffset, inputOffsets };
}

const PIECE_WORDS = 7;

/** {positions d h w, byte offsets of x, dy, dw, taps} of the pieces of work of a range of taps; pieces without positions are left out. */
function pieceTable(
  axes: readonly Axis[],
  x: readonly number[],
  dy: readonly number[],
  tapBytes: number,
  byThrees: boolean,
  { begin, end }: Range,
): number[] {
  const [depth = [], height = [], width = []] = axes.map((axis) =>
    Array.from({ length: axis.kernel }, (_, j) => reach(axis, j)),
  );
  const columns = rowPieces(width, axes[2]?.stride ?? 1, byThrees);
  const words: number[] = [];
  depth.forEach((d, i) => {
    height.forEach((h, j) => {
      const row = (i * height.length + j) * width.length;
      for (const { tap, taps, ...w } of columns) {
        const reaches = [d, h, w];
        if (row + tap < begin || row + tap >= end || reaches.some((r) => r.count === 0)) continue;
        words.push(...reaches.map((r) => r.count));
        words.push(reaches.reduce((sum, r, a) => sum + r.inStart * (x[a] ?? 0), 0));
        words.push(reaches.reduce((sum, r, a) => sum + r.first * (dy[a] ?? 0), 0));
        words.push((row + tap - begin) * tapBytes, taps);
      }
    });
  });
  return words;
}

/** Work along the innermost axis: from `tap` on, `taps` at once. */
interface RowPiece extends Reach {
  readonly tap: number;
  readonly taps: number;
}

/** Each tap on its own, or threes of taps where all reach inside, and on their own what is left of them. */
function rowPieces(width: readonly Reach[], stride: number, byThrees: boolean): RowPiece[] {
  const pieces: RowPiece[] = [];
  const part = (tap: number, taps: number, first: number, end: number): void => {
    const whole = width[tap];
    if (whole === undefined || end <= first) return;
    pieces.push({ tap, taps, first, count: end - first, inStart: whole.inStart + (first - whole.first) * stride });
  };
  const endOf = (r: Reach): number => r.first + r.count;
  for (let tap = 0; tap < width.length; ) {
    const three = width.slice(tap, tap + 3);
    const first = Math.max(...three.map((r) => r.first));
    const end = Math.min(...three.map(endOf));
    const together = byThrees && three.length === 3 && end > first;
    if (together) part(tap, 3, first, end);
    three.slice(0, together ? 3 : 1).forEach((r, i) => {
      if (together) part(tap + i, 1, r.first, first);
      part(tap + i, 1, together ? end : r.first, endOf(r));
    });
    tap += together ? 3 : 1;
  }
  return pieces;
}

function reach(axis: Axis, j: number): Reach {
  const shift = j * axis.dilation - axis.before;
  const first = Math.max(0, Math.ceil(-shift / axis.stride));
  const end = Math.min(axis.output, Math.ceil((axis.input - shift) / axis.stride));
  return { first, count: Math.max(0, end - first), inStart: first * axis.stride + shift };
}
