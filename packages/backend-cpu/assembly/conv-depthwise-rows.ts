/**
 * Depthwise convolution for rows of neighbouring taps: 6 neighbouring positions × 4 output channels at a time, so that an
 * input vector is loaded once for all the taps that use it. Taps go in groups of 7, 5 and 3 (a row of 31 is 4·7 + 3);
 * each kind of group is one pass, the first from the bias, the others from what the one before left in y. Formula and
 * layouts as in conv-depthwise and conv-depthwise-multiplier. Wins from 3 taps on; rows of 1, 2 and 4 taps have no such
 * groups.
 */
import { CHANNELS_OUT, HIGH, LOW, SPREAD, TAP_COUNT, TAP_LIST, TAP_SIZE, X_STEP } from "./conv-box";
import { tile3, tile5, tile7 } from "./conv-depthwise-tiles";

/** Positions a tile. */
export const TILE_POSITIONS = 6;

/** 7, 5 or 3 where all groups of the box are of that size, 0 for a mixture: then how many of each. */
let groups: i32 = 0;
let sevens: i32 = 0;
let fives: i32 = 0;
let threes: i32 = 0;

/** Whether the rows of a box with these taps can go in groups, which are then set for `tileRows`. */
export function groupTaps(block: usize, sw: usize, taps: usize, end: usize): bool {
  const size = load<i32>(sw, TAP_COUNT);
  if (size < 3 || size == 4 || load<i32>(block, CHANNELS_OUT) < 4) return false;
  const list = load<usize>(sw, TAP_LIST);
  if (load<usize>(list, TAP_SIZE) - load<usize>(list) != load<usize>(sw, X_STEP)) return false;
  groups = size % 7 == 0 ? 7 : size % 5 == 0 ? 5 : size % 3 == 0 ? 3 : 0;
  if (groups > 0) return true;
  if (end - taps != <usize>size * TAP_SIZE) return false;
  // One row of 8 or more: 7s and 3s, with a 5 where that is needed (8 = 5 + 3 has no 7).
  if (size == 8) return false;
  sevens = size / 7;
  const rest = size % 7;
  if (rest == 1 || rest == 2 || rest == 4) sevens--;
  const left = size - 7 * sevens; // 3, 5, 6, 8, 9 or 11
  fives = left == 5 || left == 8 || left == 11 ? 1 : 0;
  threes = (left - 5 * fives) / 3;
  return true;
}

/** 4 output channels of 6 positions. `size` is 7, 5 or 3 where all groups are of that size, else 0. */
@inline
function channels4(
  size: i32, spreads: bool, indices: v128, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize,
  w: usize, wStep: usize, bias: usize, lo: v128, hi: v128,
): void {
  if (size == 7) {
    tile7(spreads, false, indices, x, xStep, y, yStep, taps, end, w, wStep, bias, lo, hi);
  } else if (size == 5) {
    tile5(spreads, false, indices, x, xStep, y, yStep, taps, end, w, wStep, bias, lo, hi);
  } else if (size == 3) {
    tile3(spreads, false, indices, x, xStep, y, yStep, taps, end, w, wStep, bias, lo, hi);
  } else {
    mixed(spreads, indices, x, xStep, y, yStep, taps, w, wStep, bias, lo, hi);
  }
}

/** One pass a group size over 4 channels of 6 positions: 7s and 3s, with a 5 between where there is one. */
@inline
function mixed(
  spreads: bool, indices: v128, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, w: usize, wStep: usize,
  bias: usize, lo: v128, hi: v128,
): void {
  const low = f32x4.splat(-Infinity);
  const high = f32x4.splat(Infinity);
  let end = taps + <usize>sevens * 7 * TAP_SIZE;
  tile7(spreads, false, indices, x, xStep, y, yStep, taps, end, w, wStep, bias, low, high);
  taps = end;
  if (fives > 0) {
    end = taps + 5 * TAP_SIZE;
    tile5(spreads, true, indices, x, xStep, y, yStep, taps, end, w, wStep, bias, low, high);
    taps = end;
  }
  end = taps + <usize>threes * 3 * TAP_SIZE;
  tile3(spreads, true, indices, x, xStep, y, yStep, taps, end, w, wStep, bias, lo, hi);
}

@inline
function dense(
  size: i32, block: usize, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, bias: usize,
): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  const wStep = load<usize>(taps, TAP_SIZE + 4) - load<usize>(taps, 4);
  const last = (load<usize>(block, CHANNELS_OUT) << 2) - 16;
  let c: usize = 0;
  while (true) {
    channels4(size, false, lo, x + c, xStep, y + c, yStep, taps, end, w + c, wStep, bias + c, lo, hi);
    if (c == last) return;
    c = min(c + 16, last);
  }
}

@inline
function multiplied(
  size: i32, block: usize, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, bias: usize,
): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  const wStep = load<usize>(taps, TAP_SIZE + 4) - load<usize>(taps, 4);
  const outputs = load<i32>(block, CHANNELS_OUT);
  let indices = load<usize>(block, SPREAD);
  let first = indices + (<usize>((outputs + 3) >> 2) << 4);
  for (let left = outputs; left >= 4; left -= 4) {
    const from = x + load<usize>(first);
    channels4(size, true, v128.load(indices), from, xStep, y, yStep, taps, end, w, wStep, bias, lo, hi);
    y += 16;
    w += 16;
    bias += 16;
    indices += 16;
    first += 4;
  }
}

/** All channels, 4 or more, of 6 positions; the last vector may overlap the one before. */
export function tileRows(
  block: usize, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, bias: usize,
): void {
  if (groups == 3) dense(3, block, x, xStep, y, yStep, taps, end, w, bias);
  else if (groups == 5) dense(5, block, x, xStep, y, yStep, taps, end, w, bias);
  else if (groups == 7) dense(7, block, x, xStep, y, yStep, taps, end, w, bias);
  else dense(0, block, x, xStep, y, yStep, taps, end, w, bias);
}

/** The same with a multiplier, for whole vectors of output channels; returns how many channels that was. */
export function tileRowsSpread(
  block: usize, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, bias: usize,
): i32 {
  if (groups == 3) multiplied(3, block, x, xStep, y, yStep, taps, end, w, bias);
  else if (groups == 5) multiplied(5, block, x, xStep, y, yStep, taps, end, w, bias);
  else if (groups == 7) multiplied(7, block, x, xStep, y, yStep, taps, end, w, bias);
  else multiplied(0, block, x, xStep, y, yStep, taps, end, w, bias);
  return load<i32>(block, CHANNELS_OUT) & ~3;
}
