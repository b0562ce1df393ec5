/** Parameter blocks of 3×3 convolutions by Winograd's F(2×2, 3×3) (`assembly/conv-winograd.ts`). */
import type { Shape } from "@keras-ts/core";
import type { Division, Range } from "../divide.ts";
import { ParameterBlock } from "../parameter-block.ts";
import { type AnyConv, appendEpilogue, packedKernelFloats } from "./convolution.ts";
import type { KernelPlan } from "./kernel-plan.ts";

const TAPS = 9;
const PRODUCTS = 16;
/** Bytes of a block's transformed inputs: they are read once a panel and should stay in L2. */
const BLOCK_BYTES = 1 << 19;
const LARGEST_BLOCK = 40;
/** Channels from which on the transforms, which cost as much for few as for many products, are paid for. */
const FEWEST_CHANNELS = 16;

/** Whether it is a 3×3 kernel over neighbouring positions, for which the transforms pay on this output. */
export function usesWinograd(op: AnyConv, output: Shape): boolean {
  const [, height = 0, width = 0] = output;
  return (
    op.kind === "conv" &&
    op.kernelSize.join() === "3,3" &&
    op.strides.join() === "1,1" &&
    op.dilation.join() === "1,1" &&
    op.groups === 1 &&
    Math.min(op.inChannels, op.outChannels) >= FEWEST_CHANNELS &&
    // Half tiles at the end of an odd size are computed whole.
    1.5 * PRODUCTS * tileCount(height) * tileCount(width) <= TAPS * height * width
  );
}

export function convWinograd(op: AnyConv, input: Shape, output: Shape, range: Range): KernelPlan {
  const [, height = 0, width = 0] = input;
  const [, outHeight = 0, outWidth = 0] = output;
  if (op.kind !== "conv") throw new TypeError("Only a convolution is computed by Winograd's algorithm.");
  const [top = 0, left = 0] = op.padding.map(([before]) => before);
  const [rows, columns] = [tileCount(outHeight), tileCount(outWidth)];
  const padded = Math.ceil(op.inChannels / 4) * 4;
  const tiles = range.end - range.begin;
  const blockTiles = Math.min(tiles, wholeTiles(BLOCK_BYTES / (4 * PRODUCTS * padded), LARGEST_BLOCK));
  const room = roomFor(blockTiles);
  const block = new ParameterBlock().int(range.end, transformedFloats(op) * 4);
  appendEpilogue(block, op);
  block.int(height, width, outHeight, outWidth, top, left, op.inChannels, op.outChannels, rows, columns, blockTiles);
  const steps = [oddLines(room * padded), oddLines(room * 8)];
  block.int(...steps.map((floats) => 4 * floats), range.begin);
  return {
    kernel: "convWinograd",
    block,
    workspace: PRODUCTS * ((steps[0] ?? 0) + (steps[1] ?? 0) + padded),
  };
}

/** Tiles, all images' in a row. */
export function divideWinograd(op: AnyConv, output: Shape): Division {
  const [batch = 0, height = 0, width = 0] = output;
  const size = batch * tileCount(height) * tileCount(width);
  return { size, grain: 8, work: size * PRODUCTS * op.inChannels * op.outChannels };
}

/** About `tiles` of them: 20 at least, `most` at most, and as many as both builds take 4 or 5 at a time. */
export function wholeTiles(tiles: number, most: number): number {
  return Math.max(20, Math.min(most, 20 * Math.round(tiles / 20)));
}

/** Tiles that are computed for `tiles`, 4 or 5 at a time. */
export function roomFor(tiles: number): number {
  return Math.max(4 * Math.ceil(tiles / 4), 5 * Math.ceil(tiles / 5));
}

/** At least `floats`, and an odd number of cache lines: matrices that are touched together then fall on different cache sets. */
export function oddLines(floats: number): number {
  return 16 * (Math.ceil(floats / 16) | 1);
}

function tileCount(size: number): number {
  return Math.ceil(size / 2);
}

/** Floats of the transformed kernel. */
export function transformedFloats(op: AnyConv): number {
  return (packedKernelFloats(op) / TAPS) * PRODUCTS;
}
