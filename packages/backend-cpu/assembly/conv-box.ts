/**
 * What the convolution kernels share: the parameter block, and walking an output in boxes. A box is a product of
 * segments, one an axis, inside which every position has the same valid taps; so borders are never multiplied and need
 * no branch in a kernel. Transposed convolutions are the same boxes, with steps between outputs instead of inputs.
 */
import { unaryRange } from "./unary";
import { storePart } from "./vector";

// The block of a convolution: byte offsets.
/** The second input, which is added to the sums; 0 where there is none. */
const RESIDUAL: usize = 16;
export const BATCH: usize = 32;
/** Bytes from the packed weights to the bias. */
export const BIAS: usize = 36;
export const LOW: usize = 40;
export const HIGH: usize = 44;
/** A function number with its parameters after it, or −1: what cannot be done in registers. */
export const ACTIVATION: usize = 48;
export const X_BATCH: usize = 64;
export const Y_BATCH: usize = 68;
export const SEGMENT_COUNTS: usize = 72; // d h w
export const SEGMENTS: usize = 84; // d h w
export const TAPS: usize = 96; // room for the taps of one box
export const GROUPS: usize = 100;
export const GROUP_IN: usize = 104;
export const GROUP_OUT: usize = 108;
/** Room for the pointers of a block of positions (conv-gemm). */
export const TABLES: usize = 112;
export const PANEL_BYTES: usize = 116;
export const CHANNELS_OUT: usize = 120;
export const SPREAD: usize = 124; // depthwise with a multiplier: see conv-depthwise-multiplier

// A segment of an axis: byte offsets.
export const SEGMENT_SIZE: usize = 32;
export const COUNT: usize = 0;
export const X_START: usize = 4;
export const X_STEP: usize = 8;
export const Y_START: usize = 12;
export const Y_STEP: usize = 16;
export const TAP_COUNT: usize = 20;
export const TAP_LIST: usize = 24;
/** `COUNT` before the segment was cut among threads. */
export const WHOLE: usize = 28;

/** A tap is {x byte offset, weight byte offset, run of input channels it covers}. */
export const TAP_SIZE: usize = 12;

/** Writes the taps of a box, the product of its segments' taps, to the block's room; returns how many. */
export function boxTaps(block: usize, sd: usize, sh: usize, sw: usize): i32 {
  const nd = load<i32>(sd, TAP_COUNT);
  const nh = load<i32>(sh, TAP_COUNT);
  const nw = load<i32>(sw, TAP_COUNT);
  let to = load<usize>(block, TAPS);
  let td = load<usize>(sd, TAP_LIST);
  for (let d = 0; d < nd; d++) {
    let th = load<usize>(sh, TAP_LIST);
    for (let h = 0; h < nh; h++) {
      const x = load<usize>(td) + load<usize>(th);
      const weight = load<usize>(td, 4) + load<usize>(th, 4);
      let tw = load<usize>(sw, TAP_LIST);
      for (let w = 0; w < nw; w++) {
        store<usize>(to, x + load<usize>(tw));
        store<usize>(to, weight + load<usize>(tw, 4), 4);
        store<i32>(to, load<i32>(tw, 8), 8);
        to += TAP_SIZE;
        tw += TAP_SIZE;
      }
      th += TAP_SIZE;
    }
    td += TAP_SIZE;
  }
  return nd * nh * nw;
}

/** What was left for after the sums, over `n` elements: a residual, and an activation that is no pair of bounds. */
export function complete(block: usize, y: usize, n: i32): void {
  const residual = load<usize>(block, RESIDUAL);
  if (residual != 0) addRange(y, residual + (y - load<usize>(block)), n);
  if (load<i32>(block, ACTIVATION) >= 0) unaryRange(load<i32>(block, ACTIVATION), y, y, n, block + ACTIVATION + 4);
}

@inline
export function isIncomplete(block: usize): bool {
  return load<usize>(block, RESIDUAL) != 0 || load<i32>(block, ACTIVATION) >= 0;
}

/** y += r. */
function addRange(y: usize, r: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(y, f32x4.add(v128.load(y), v128.load(r)));
    y += 16;
    r += 16;
  }
  if (n > 0) storePart(y, f32x4.add(v128.load(y), v128.load(r)), n);
}

/** `complete` over `count` positions of all output channels, `yStep` bytes apart. */
export function completeRow(block: usize, y: usize, yStep: usize, count: i32): void {
  if (!isIncomplete(block)) return;
  const channels = load<i32>(block, CHANNELS_OUT);
  if (yStep == <usize>channels << 2) {
    complete(block, y, count * channels);
    return;
  }
  for (let i = 0; i < count; i++) {
    complete(block, y, channels);
    y += yStep;
  }
}

/** Calls `kernel` with the three segments of every box. */
export function walkBoxes(block: usize, kernel: (block: usize, sd: usize, sh: usize, sw: usize) => void): void {
  let sd = load<usize>(block, SEGMENTS);
  for (let d = load<i32>(block, SEGMENT_COUNTS); d > 0; d--) {
    let sh = load<usize>(block, SEGMENTS + 4);
    for (let h = load<i32>(block, SEGMENT_COUNTS + 4); h > 0; h--) {
      let sw = load<usize>(block, SEGMENTS + 8);
      for (let w = load<i32>(block, SEGMENT_COUNTS + 8); w > 0; w--) {
        kernel(block, sd, sh, sw);
        sw += SEGMENT_SIZE;
      }
      sh += SEGMENT_SIZE;
    }
    sd += SEGMENT_SIZE;
  }
}

type RowKernel = (block: usize, x: usize, y: usize, sw: usize, taps: usize, end: usize) => void;

/** Set by `walkRows` for `rows`: AssemblyScript has no closures. */
let rowKernel: RowKernel | null = null;

/** Calls `kernel` with every row of every box: x and y of its first position, its segment, its taps and their end. */
export function walkRows(block: usize, kernel: RowKernel): void {
  rowKernel = kernel;
  walkBoxes(block, rows);
}

function rows(block: usize, sd: usize, sh: usize, sw: usize): void {
  const kernel = rowKernel!;
  const taps = load<usize>(block, TAPS);
  const end = taps + <usize>boxTaps(block, sd, sh, sw) * TAP_SIZE;
  const images = load<i32>(block, BATCH);
  const depth = load<i32>(sd, COUNT);
  const height = load<i32>(sh, COUNT);
  const x = load<usize>(block, 12) + load<usize>(sd, X_START) + load<usize>(sh, X_START) + load<usize>(sw, X_START);
  const y = load<usize>(block) + load<usize>(sd, Y_START) + load<usize>(sh, Y_START) + load<usize>(sw, Y_START);
  for (let n = 0; n < images; n++) {
    for (let d = 0; d < depth; d++) {
      let px = x + n * load<i32>(block, X_BATCH) + d * load<i32>(sd, X_STEP);
      let py = y + n * load<i32>(block, Y_BATCH) + d * load<i32>(sd, Y_STEP);
      for (let h = 0; h < height; h++) {
        kernel(block, px, py, sw, taps, end);
        px += load<usize>(sh, X_STEP);
        py += load<usize>(sh, Y_STEP);
      }
    }
  }
}
