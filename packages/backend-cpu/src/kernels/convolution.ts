/** Parameter blocks and packed weights of `conv` and `conv_transpose` (`assembly/conv-box.ts` has the offsets). */
import { type ConvOp, type ConvTransposeOp, type Epilogue, type Shape, sizeOf, type UnaryFn } from "@keras-ts/core";
import {
  type Axis,
  appendSegments,
  axisStrides,
  convolutionSegments,
  cutSegments,
  flattened,
  isPointwise,
  rowSegment,
  type Strides,
  spatialAxes,
  transposedSegments,
} from "../convolution-geometry.ts";
import type { Division, Range } from "../divide.ts";
import { UNARY_IDS } from "../ids.ts";
import { ParameterBlock } from "../parameter-block.ts";
import type { KernelName } from "../wasm.ts";
import type { KernelPlan } from "./kernel-plan.ts";

export type AnyConv = ConvOp | ConvTransposeOp;

/** Output channels a packed panel. */
export const PANEL = 8;
/** Room for a block's pointers to x and y (`TABLE_BYTES` in `assembly/conv-gemm.ts`). */
const POINTERS = 2 * (100 + 8);
/** Positions a tile of rows with their borders. */
const WHOLE_ROW = 7;
/** Positions of an axis that are worth dividing. */
const ROOMY = 8;
/** Positions along a row that parts begin at multiples of: whole tiles of 4 and 6. */
export const ALONG_ROW = 12;

/** Positions up to which threads divide output channels: each then reads its part of the weights alone, and tiles of positions stay whole. */
const FEW_POSITIONS = 64;

/** One input channel a group. A single channel with several outputs is better as a matrix product. */
export function isDepthwise(op: AnyConv): boolean {
  return op.groups === op.inChannels && (op.inChannels > 1 || op.outChannels === 1);
}

/** One output channel a group, of several input channels: dot products, not matrix products. */
export function isDot(op: AnyConv): boolean {
  return op.groups === op.outChannels && op.inChannels > op.groups;
}

/** Few input channels to each of several outputs: the vector runs over groups (`assembly/conv-dot.ts`). */
export function folds(op: AnyConv): boolean {
  return isDot(op) && op.groups >= 4 && op.inChannels / op.groups <= 4;
}

export function hasMultiplier(op: AnyConv): boolean {
  return op.outChannels !== op.inChannels;
}

/** Whether the taps of neighbouring positions coincide and come in groups (`assembly/conv-depthwise-rows.ts`). */
export function sharesInputs(op: AnyConv): boolean {
  const width = op.kernelSize.at(-1) ?? 1;
  const stride = op.strides.at(-1);
  const steady = op.kind === "conv" ? stride === op.dilation.at(-1) : stride === 1 && op.dilation.at(-1) === 1;
  const grouped = [7, 5, 3].some((size) => width % size === 0) || (width > 8 && tapCount(op) === width);
  return steady && grouped && op.outChannels >= 4;
}

export function isPointwiseConv(op: AnyConv, input: Shape, output: Shape): boolean {
  return isPointwise(spatialAxes(op, input, output));
}

export function tapCount(op: AnyConv): number {
  return op.kernelSize.reduce((product, k) => product * k, 1);
}

/** Floats of packed weights before the bias. */
export function packedKernelFloats(op: AnyConv): number {
  if (isDepthwise(op)) return tapCount(op) * op.outChannels;
  if (isDot(op)) return tapCount(op) * op.inChannels;
  return tapCount(op) * (op.inChannels / op.groups) * paddedOutputs(op);
}

/** Output channels of all groups, each group's rounded up to whole panels. */
export function paddedOutputs(op: AnyConv): number {
  return op.groups * Math.ceil(op.outChannels / op.groups / PANEL) * PANEL;
}

export function convGemm(op: AnyConv, input: Shape, output: Shape, range: Range): KernelPlan {
  if (!goesByPanels(op, output)) return convGemmPositions(op, input, output, range);
  const whole = { begin: 0, end: Number.POSITIVE_INFINITY };
  const outputOffset = range.begin * PANEL;
  return {
    ...convGemmPositions(op, input, output, whole, range),
    weightsOffset: range.begin * panelFloats(op),
    outputOffset,
    inputOffsets: [0, outputOffset], // x, and a residual
  };
}

/** As `convGemm`, `range` being of positions however few there are, and of all output channels where `panels` is left out. */
export function convGemmPositions(op: AnyConv, input: Shape, output: Shape, range: Range, panels?: Range): KernelPlan {
  const inputs = op.inChannels / op.groups;
  const [, kh, kw] = kernelAxes(op);
  const panel = inputs * PANEL * 4; // bytes of a tap
  const w = [(kh ?? 1) * (kw ?? 1) * panel, (kw ?? 1) * panel, panel];
  const weights = { w, channels: inputs, merge: op.groups === 1 };
  return plan("convGemm", op, input, output, range, weights, panels ? { panels } : {});
}

/** Whether a range of it is of panels of output channels, not of positions. */
function goesByPanels(op: AnyConv, output: Shape): boolean {
  return op.groups === 1 && !isDot(op) && !isDepthwise(op) && sizeOf(output) <= FEW_POSITIONS * op.outChannels;
}

/** Floats of the weights of a panel. */
function panelFloats(op: AnyConv): number {
  return (tapCount(op) * op.inChannels * PANEL) / op.groups;
}

export function convDot(op: AnyConv, input: Shape, output: Shape, range: Range): KernelPlan {
  const inputs = op.inChannels / op.groups;
  const [, kh, kw] = kernelAxes(op);
  const row = op.inChannels * 4;
  const w = [(kh ?? 1) * (kw ?? 1) * row, (kw ?? 1) * row, row];
  return plan(folds(op) ? "convFold" : "convDot", op, input, output, range, {
    w,
    channels: inputs,
    merge: op.groups === 1,
  });
}

/** `cut`: the axis of `range`, of depth, height, width; where left out, the one that threads divide. */
export function convDepthwise(op: AnyConv, input: Shape, output: Shape, range: Range, cut?: number): KernelPlan {
  const [, kh, kw] = kernelAxes(op);
  const row = op.outChannels * 4;
  const w = [(kh ?? 1) * (kw ?? 1) * row, (kw ?? 1) * row, row];
  const kernel = hasMultiplier(op) ? "convDepthwiseMultiplier" : "convDepthwise";
  return plan(kernel, op, input, output, range, { w, channels: 1, merge: false }, { cut });
}

/**
 * Whether the rows of a depthwise convolution are computed with their borders (`assembly/conv-depthwise-whole.ts`): one or two tiles of 7. Longer
 * rows have few borders. `cut` as above: a row that is cut has its borders apart.
 */
export function keepsRows(op: AnyConv, input: Shape, output: Shape, cut?: number): boolean {
  const { axes } = boxAxes(op, input, output);
  const row = axes[2];
  if (op.kind !== "conv" || row === undefined || op.outChannels < 4 || (cut ?? cutAxis(axes)) === 2) return false;
  const { kernel, stride, dilation, before } = row;
  const same = stride === 1 && dilation === 1 && row.input === row.output && 2 * before + 1 === kernel;
  // A tile misses inputs on both sides, or two do on one each.
  const tiled = row.output === WHOLE_ROW || (row.output >= WHOLE_ROW + before && row.output <= 2 * WHOLE_ROW);
  return same && (kernel === 3 || kernel === 5) && tiled;
}

/** Positions at stride 2 over taps that come in fives (`assembly/conv-depthwise-strided.ts`). */
export function skipsInputs(op: AnyConv): boolean {
  const fives = (op.kernelSize.at(-1) ?? 1) % 5 === 0;
  const twice = op.strides.at(-1) === 2 * (op.dilation.at(-1) ?? 1);
  return op.kind === "conv" && fives && twice && op.outChannels >= 4;
}

type WeightStrides = Pick<Strides, "w" | "channels" | "merge">;

function plan(
  kernel: KernelName,
  op: AnyConv,
  input: Shape,
  output: Shape,
  range: Range,
  weights: WeightStrides,
  { cut: cutAt, panels }: { readonly cut?: number | undefined; readonly panels?: Range } = {},
): KernelPlan {
  const batch = input[0] ?? 0;
  const { axes, flat } = boxAxes(op, input, output);
  const x = axisStrides(
    axes.map((a) => a.input),
    op.inChannels,
  );
  const y = axisStrides(
    axes.map((a) => a.output),
    op.outChannels,
  );
  const cut = cutAt ?? cutAxis(axes);
  const wholeRows = kernel === "convDepthwise" && keepsRows(op, input, output, cut);
  const segments = axes.map((axis, i) => {
    if (i === 2 && wholeRows) return [rowSegment(axis)];
    const whole = op.kind === "conv" ? convolutionSegments(axis) : transposedSegments(axis);
    return i === cut && range.end - range.begin < axis.output ? cutSegments(whole, range) : whole;
  });
  const firstPanel = panels?.begin ?? 0;
  const outChannels = Math.min(op.outChannels, PANEL * (panels?.end ?? op.outChannels)) - PANEL * firstPanel;
  const toBias = packedKernelFloats(op) - firstPanel * (panelFloats(op) - PANEL);
  const block = new ParameterBlock();
  block.int(flat ? 1 : batch, toBias * 4);
  appendEpilogue(block, op);
  block.int((x[0] ?? 0) * inputDepth(axes), (y[0] ?? 0) * outputDepth(axes));
  block.int(...segments.map((list) => list.length));
  const pointers = [block.pointer(), block.pointer(), block.pointer()];
  const taps = block.pointer();
  const inputs = op.inChannels / op.groups;
  const outputs = op.outChannels / op.groups;
  block.int(op.groups, inputs, outChannels / op.groups);
  const tables = block.pointer();
  block.int(panelFloats(op) * 4, outChannels);
  const spread = block.pointer();
  appendSegments(block, pointers, segments, { x, y, ...weights });
  block.point(taps);
  block.reserve(3 * tapCount(op));
  if (kernel === "convGemm") {
    block.point(tables);
    block.reserve(POINTERS);
  }
  if (kernel === "convDepthwiseMultiplier") appendSpread(block, spread, op.outChannels, outputs);
  return { kernel, block, workspace: 0 };
}

/** The axes that boxes are made of: depth, height, width, or all of them as one where that is the same. */
export function boxAxes(
  op: AnyConv,
  input: Shape,
  output: Shape,
): { readonly axes: readonly Axis[]; readonly flat: boolean } {
  const axes = spatialAxes(op, input, output);
  const flat = isPointwise(axes);
  return { axes: flat ? flattened(input[0] ?? 0, axes) : axes, flat };
}

/** Which of them is divided among threads: the outermost with room for several parts, else the longest. */
function cutAxis(axes: readonly Axis[]): number {
  const roomy = axes.findIndex(({ output }) => output >= ROOMY);
  const longest = Math.max(...axes.map(({ output }) => output));
  return roomy >= 0 ? roomy : axes.findIndex(({ output }) => output === longest);
}

/** How its outputs may be divided; ranges are of the outermost axis that is long enough, or of panels. */
export function divideConvolution(op: AnyConv, input: Shape, output: Shape): Division {
  const { axes } = boxAxes(op, input, output);
  const axis = cutAxis(axes);
  const panels = goesByPanels(op, output);
  const products = sizeOf(output) * tapCount(op) * (op.inChannels / op.groups);
  const work = op.kind === "conv" ? products : products / op.strides.reduce((product, s) => product * s, 1);
  // Products of vectors are half as fast as those of matrices.
  return {
    size: panels ? Math.ceil(op.outChannels / PANEL) : (axes[axis]?.output ?? 0),
    grain: !panels && axis === 2 ? ALONG_ROW : 1,
    work: isDepthwise(op) ? 2 * work : work,
  };
}

function kernelAxes(op: AnyConv): number[] {
  return [...new Array<number>(3 - op.kernelSize.length).fill(1), ...op.kernelSize];
}

function inputDepth(axes: readonly Axis[]): number {
  return axes[0]?.input ?? 1;
}

function outputDepth(axes: readonly Axis[]): number {
  return axes[0]?.output ?? 1;
}

/**
 * Lower and upper bound, then the function that runs over finished rows (−1 for none) with its parameters. A residual is added to finished
 * rows, so that nothing may be bounded before.
 */
export function appendEpilogue(block: ParameterBlock, { activation, residual = false }: Epilogue): void {
  const bounds = activation === null ? [-Infinity, Infinity] : residual ? null : registerBounds(activation);
  if (bounds !== null) {
    block.float(...bounds).int(-1, 0, 0, 0);
    return;
  }
  const [a = 0, b = 0, c = 0] = activation?.params ?? [];
  block
    .float(-Infinity, Infinity)
    .int(activation === null ? -1 : UNARY_IDS[activation.name])
    .float(a, b, c);
}

/** [lo, hi] of an activation that only clips, which costs two instructions in registers. */
function registerBounds({ name, params }: UnaryFn): [number, number] | null {
  const [a = 0, b = 0, c = 0] = params;
  if (name === "relu" && a === 0 && c === 0) return [0, b];
  if (name === "clip") return [a, b];
  if (name === "hard_tanh") return [-1, 1];
  return null;
}

/** Which input channel each of four neighbouring outputs reads: shuffle indices, then byte offsets of the first. */
export function appendSpread(block: ParameterBlock, pointer: number, outputs: number, multiplier: number): void {
  block.align();
  block.point(pointer);
  const vectors = Math.ceil(outputs / 4);
  for (let v = 0; v < vectors; v++) {
    const first = Math.floor((4 * v) / multiplier);
    for (let lane = 0; lane < 4; lane++) {
      const byte = 4 * (Math.floor((4 * v + lane) / multiplier) - first);
      block.int(byte | ((byte + 1) << 8) | ((byte + 2) << 16) | ((byte + 3) << 24));
    }
  }
  for (let v = 0; v < vectors; v++) block.int(4 * Math.floor((4 * v) / multiplier));
}
