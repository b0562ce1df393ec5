/** Parameter blocks of `conv_filter_grad` (`assembly/filter-grad.ts` has the offsets). */
import type { ConvFilterGradOp, Shape } from "@keras-ts/core";
import { type Axis, axisStrides, flattened, isPointwise, spatialAxes } from "../convolution-geometry.ts";
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

export function filterGrad(op: ConvFilterGradOp, x: Shape, dy: Shape): KernelPlan {
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
  const inputs = op.inChannels / op.groups;
  const outputs = op.outChannels / op.groups;
  const pieces = pieceTable(axes, xStrides, yStrides, inputs * op.outChannels * 4, goesByThrees(op));
  const block = new ParameterBlock();
  block.int(batch, (xStrides[0] ?? 0) * (axes[0]?.input ?? 1), (yStrides[0] ?? 0) * (axes[0]?.output ?? 1));
  block.int(pieces.length / PIECE_WORDS);
  const list = block.pointer();
  block.int(op.groups, inputs, outputs, op.outChannels);
  block.int(...xStrides.map((s, i) => s * (axes[i]?.stride ?? 1)), ...yStrides);
  const spread = block.pointer();
  block.int(outputs, tapsOf(axes) * inputs * op.outChannels);
  block.point(list);
  for (const word of pieces) block.int(word);
  if (isDepthwise) appendSpread(block, spread, op.outChannels, outputs);
  return { kernel: isDepthwise ? "filterGradDepthwise" : "filterGradDense", block, workspace: 0 };
}

const PIECE_WORDS = 7;

function tapsOf(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * axis.kernel, 1);
}

/** {positions d h w, byte offsets of x, dy, dw, taps} of every piece of work; pieces without positions are left out. */
function pieceTable(
  axes: readonly Axis[],
  x: readonly number[],
  dy: readonly number[],
  tapBytes: number,
  byThrees: boolean,
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
        if (reaches.some((r) => r.count === 0)) continue;
        words.push(...reaches.map((r) => r.count));
        words.push(reaches.reduce((sum, r, a) => sum + r.inStart * (x[a] ?? 0), 0));
        words.push(reaches.reduce((sum, r, a) => sum + r.first * (dy[a] ?? 0), 0));
        words.push((row + tap) * tapBytes, taps);
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
