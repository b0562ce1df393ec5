/** Parameter blocks of 1-D convolutions by Winograd's F(2, 3) and F(2, 2) (`assembly/conv-winograd-1d.ts`). */
import type { Shape } from "@keras-ts/core";
import type { Division, Range } from "../divide.ts";
import { ParameterBlock } from "../parameter-block.ts";
import { type AnyConv, appendEpilogue, packedKernelFloats } from "./convolution.ts";
import type { KernelPlan } from "./kernel-plan.ts";
import { oddLines, roomFor, wholeTiles } from "./winograd.ts";

/** Bytes of a block's transformed inputs: they are read once a panel and should stay in L2. */
const BLOCK_BYTES = 1 << 18;
const LARGEST_BLOCK = 60;
/** Channels, and products of channels, from which on the transforms are paid for. */
const FEWEST_CHANNELS = 16;
const FEWEST_PRODUCTS = 1024;
const FEWEST_OUTPUTS = 16;
const MOST_TAPS = 32;

/** How a kernel is cut. */
export interface Runs {
  readonly threes: number;
  readonly twos: number;
}

/** As many runs of 3 as leave runs of 2; none is a run of 1. */
export function runsOf(taps: number): Runs {
  const twos = (3 - (taps % 3)) % 3;
  return { threes: (taps - 2 * twos) / 3, twos };
}

/** Whether it is a 1-D kernel of 3 taps or more without strides, for which the transforms pay. */
export function usesWinograd1d(op: AnyConv, output: Shape): boolean {
  const [taps = 0] = op.kernelSize;
  return (
    op.kind === "conv" &&
    op.kernelSize.length === 1 &&
    op.strides[0] === 1 &&
    op.groups === 1 &&
    taps >= 3 &&
    taps <= MOST_TAPS &&
    op.inChannels % 4 === 0 && // the channels of all runs lie side by side, in whole vectors
    Math.min(op.inChannels, op.outChannels) >= FEWEST_CHANNELS &&
    op.inChannels * op.outChannels >= FEWEST_PRODUCTS &&
    // Half of the last tiles is computed for nothing.
    (output[1] ?? 0) >= FEWEST_OUTPUTS * (op.dilation[0] ?? 1)
  );
}

export function convWinograd1d(op: AnyConv, input: Shape, output: Shape, range: Range): KernelPlan {
  if (op.kind !== "conv") throw new TypeError("Only a convolution is computed by Winograd's algorithm.");
  const [dilation = 1] = op.dilation;
  const { threes, twos } = runsOf(op.kernelSize[0] ?? 0);
  const row = (threes + twos) * op.inChannels;
  const blockTiles = Math.min(range.end - range.begin, wholeTiles(BLOCK_BYTES / (16 * row), LARGEST_BLOCK));
  const room = roomFor(blockTiles);
  const [vStep, mStep] = [oddLines(room * row), oddLines(room * 8)];
  const block = new ParameterBlock().int(range.end, transformedFloats1d(op) * 4);
  appendEpilogue(block, op);
  block.int(input[1] ?? 0, output[1] ?? 0, op.padding[0]?.[0] ?? 0, dilation, op.inChannels, op.outChannels);
  block.int(threes, twos, imageTiles(output[1] ?? 0, dilation), blockTiles, 4 * vStep, 4 * mStep, range.begin);
  const patch = (3 * threes + 2 * twos + 1) * op.inChannels;
  return { kernel: "convWinograd1d", block, workspace: 4 * (vStep + mStep) + patch };
}

/** Tiles, all images' in a row. */
export function divideWinograd1d(op: AnyConv, output: Shape): Division {
  const size = (output[0] ?? 0) * imageTiles(output[1] ?? 0, op.dilation[0] ?? 1);
  const { threes, twos } = runsOf(op.kernelSize[0] ?? 0);
  return { size, grain: 8, work: size * (4 * threes + 3 * twos) * op.inChannels * op.outChannels };
}

/** Outputs pair up with those a dilation behind; the last ones may have none. */
function imageTiles(outputs: number, dilation: number): number {
  const whole = Math.floor(outputs / (2 * dilation));
  return whole * dilation + Math.min(dilation, outputs - 2 * dilation * whole);
}

/** Floats of the transformed kernel. */
export function transformedFloats1d(op: AnyConv): number {
  const [taps = 1] = op.kernelSize;
  const { threes, twos } = runsOf(taps);
  return (packedKernelFloats(op) / taps) * (4 * threes + 3 * twos);
}
