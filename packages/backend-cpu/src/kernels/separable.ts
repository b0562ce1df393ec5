/** Parameter blocks of `separable`: which stripes there are, and which of them share a block (`assembly/separable.ts`). */
import { outputShape, type SeparableOp, type Shape, sizeOf } from "@keras-ts/core";
import type { Axis } from "../convolution-geometry.ts";
import type { Division, Range } from "../divide.ts";
import { firstFloats } from "../pack.ts";
import { ParameterBlock } from "../parameter-block.ts";
import {
  ALONG_ROW,
  boxAxes,
  convDepthwise,
  convGemmPositions,
  divideConvolution,
  hasMultiplier,
} from "./convolution.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** Elements between the two convolutions that a stripe may have, where a row has no more: 64 KiB. */
const STRIPE_FLOATS = 16384;
/** Elements between them from which stripes pay: less stays in the second cache anyway. */
export const SEPARABLE_FROM = 2 ** 18;

/** What a stripe takes from both convolutions, of one image. */
interface Geometry {
  readonly x: Shape;
  readonly middle: Shape;
  /** The axis that is cut into stripes, of depth, height, width. */
  readonly cut: number;
  readonly axis: Axis;
  /** Positions of the output in one unit of that axis. */
  readonly across: number;
  /** The same of the input. */
  readonly inputAcross: number;
  /** Positions of the output of all images. */
  readonly positions: number;
  readonly rows: number;
}

/** Why an op cannot be computed, or null. */
export function whyNotSeparable({ pointwise }: SeparableOp): string | null {
  return pointwise.outChannels > 1 ? null : "products with a single output channel have a kernel of their own";
}

export function divideSeparable(op: SeparableOp, input: Shape): Division {
  const { x, middle, axis, cut } = geometryOf(op, input);
  const images = input[0] ?? 0;
  const work =
    divideConvolution(op.depthwise, x, middle).work +
    divideConvolution(op.pointwise, middle, outputShape(op.pointwise, [middle])).work;
  // Parts along a row are whole tiles, counted from where an image begins.
  const grain = cut < 2 ? 1 : images > 1 ? axis.output : ALONG_ROW;
  return { size: images * axis.output, grain, work: images * work };
}

export function separable(op: SeparableOp, input: Shape, range: Range): KernelPlan {
  const geometry = geometryOf(op, input);
  const { x, axis, across, inputAcross } = geometry;
  const block = new ParameterBlock();
  const stripes = stripesOf(geometry, range);
  block.int(stripes.length);
  const table = block.pointer();
  block.int(4 * firstFloats(op), hasMultiplier(op.depthwise) ? 1 : 0);
  block.point(table);
  const pointers = stripes.map(({ image, begin, end }) => {
    const shared = sharedStripe(axis, begin, end);
    const first = block.pointer();
    const second = block.pointer();
    block.int(4 * (image * sizeOf(x) + (begin - shared.begin) * axis.stride * inputAcross * op.depthwise.inChannels));
    block.int(-4 * shared.begin * across * op.depthwise.outChannels);
    block.int(4 * (image * axis.output + begin) * across * op.pointwise.outChannels);
    return { first, second, shared };
  });
  const placed = new Map<string, { readonly first: number; readonly second: number }>();
  for (const { first, second, shared } of pointers) {
    const key = `${shared.begin},${shared.end}`;
    const blocks = placed.get(key) ?? appendKernels(block, op, geometry, shared);
    placed.set(key, blocks);
    block.pointAt(first, blocks.first);
    block.pointAt(second, blocks.second);
  }
  return { kernel: "separable", block, workspace: geometry.rows * across * op.depthwise.outChannels };
}

function geometryOf({ depthwise }: SeparableOp, input: Shape): Geometry {
  const x = [1, ...input.slice(1)];
  const middle = outputShape(depthwise, [x]);
  const { axes } = boxAxes(depthwise, x, middle);
  const found = axes.findIndex(({ output }) => output > 1);
  const cut = found < 0 ? 2 : found;
  const axis = axes[cut];
  if (axis === undefined) throw new RangeError(`A convolution has axes. Received: input=[${input}].`);
  const inner = axes.slice(cut + 1);
  const across = inner.reduce((product, { output }) => product * output, 1);
  const inputAcross = inner.reduce((product, a) => product * a.input, 1);
  const grain = cut < 2 ? 1 : ALONG_ROW;
  const units = STRIPE_FLOATS / (across * depthwise.outChannels);
  const rows = Math.min(axis.output, grain * Math.max(1, Math.floor(units / grain)));
  const positions = (input[0] ?? 0) * axis.output * across;
  return { x, middle, cut, axis, across, inputAcross, positions, rows };
}

/** A range of all images' units, cut where an image ends and after so many rows. */
function stripesOf({ axis, rows }: Geometry, { begin, end }: Range): (Range & { image: number })[] {
  const stripes = [];
  for (let unit = begin; unit < end; ) {
    const image = Math.floor(unit / axis.output);
    const from = unit - image * axis.output;
    const to = Math.min(axis.output, from + rows, end - image * axis.output);
    stripes.push({ image, begin: from, end: to });
    unit += to - from;
  }
  return stripes;
}

/** The stripe whose block serves this one: the first of as many rows that touches no border either. */
function sharedStripe({ input, kernel, stride, dilation, before }: Axis, begin: number, end: number): Range {
  const first = Math.ceil(before / stride);
  const insideBefore = begin >= first;
  const insideAfter = (end - 1) * stride - before + (kernel - 1) * dilation < input;
  return insideBefore && insideAfter ? { begin: first, end: first + end - begin } : { begin, end };
}

/**
 * Both kernels for the rows of a stripe, the second with what lies between at its beginning; where their blocks begin. The second is given all
 * positions and computes the first of them: the product of a single one adds in another order, and a stripe of one is none.
 */
function appendKernels(
  block: ParameterBlock,
  { depthwise, pointwise }: SeparableOp,
  { x, middle, cut, across, positions }: Geometry,
  { begin, end }: Range,
): { first: number; second: number } {
  const flat = (channels: number) => [1, ...depthwise.kernelSize.slice(1).map(() => 1), positions, channels];
  const [from, to] = [flat(pointwise.inChannels), flat(pointwise.outChannels)];
  const first = block.append(convDepthwise(depthwise, x, middle, { begin, end }, cut).block);
  const stripe = { begin: 0, end: (end - begin) * across };
  const second = block.append(convGemmPositions(pointwise, from, to, stripe).block);
  return { first, second };
}
