/**
 * Depthwise convolution with m outputs a channel: y[p, f] = act(bias[f] + Σ_taps x[p + tap, floor(f / m)] · w[tap, f]).
 * w is [taps][c·m]. Tile: 4 positions × 4 outputs. The inputs of 4 neighbouring outputs lie within 4 channels, so one
 * load and one byte shuffle spread them; the table of shuffles is {16 bytes of indices} an output vector, then
 * {byte offset of its first channel} each.
 */
import {
  completeRow, BIAS, CHANNELS_OUT, COUNT, HIGH, LOW, SPREAD, TAP_SIZE, walkRows, X_STEP, Y_STEP,
} from "./conv-box";
import { groupTaps, TILE_POSITIONS, tileRowsSpread } from "./conv-depthwise-rows";
import { clamp, madd, spread, storeUpTo } from "./vector";

@inline
function tile4(
  x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, bias: v128, indices: v128,
  lo: v128, hi: v128, left: i32,
): void {
  let a = bias;
  let b = bias;
  let c = bias;
  let d = bias;
  for (; taps != end; taps += TAP_SIZE) {
    const k = v128.load(w + load<usize>(taps, 4));
    let at = x + load<usize>(taps);
    a = madd(spread(at, indices), k, a);
    at += xStep;
    b = madd(spread(at, indices), k, b);
    at += xStep;
    c = madd(spread(at, indices), k, c);
    at += xStep;
    d = madd(spread(at, indices), k, d);
  }
  storeUpTo(y, clamp(a, lo, hi), left);
  y += yStep;
  storeUpTo(y, clamp(b, lo, hi), left);
  y += yStep;
  storeUpTo(y, clamp(c, lo, hi), left);
  y += yStep;
  storeUpTo(y, clamp(d, lo, hi), left);
}

@inline
function tile1(
  x: usize, y: usize, taps: usize, end: usize, w: usize, bias: v128, indices: v128, lo: v128, hi: v128, left: i32,
): void {
  let a = bias;
  for (; taps != end; taps += TAP_SIZE) {
    a = madd(spread(x + load<usize>(taps), indices), v128.load(w + load<usize>(taps, 4)), a);
  }
  storeUpTo(y, clamp(a, lo, hi), left);
}

/** The outputs from `begin` (a multiple of 4) on, of `count` (4, or 1) positions. */
@inline
function positions(
  block: usize, begin: i32, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, count: i32,
): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  const outputs = load<i32>(block, CHANNELS_OUT);
  const at = <usize>begin << 2;
  y += at;
  let w = load<usize>(block, 4) + at;
  let bias = w + load<usize>(block, BIAS);
  let indices = load<usize>(block, SPREAD) + at;
  let first = load<usize>(block, SPREAD) + (<usize>((outputs + 3) >> 2) << 4) + <usize>begin;
  for (let left = outputs - begin; left > 0; left -= 4) {
    const from = x + load<usize>(first);
    const shuffle = v128.load(indices);
    const b = v128.load(bias);
    if (count == 4) tile4(from, xStep, y, yStep, taps, end, w, b, shuffle, lo, hi, left);
    else tile1(from, y, taps, end, w, b, shuffle, lo, hi, left);
    y += 16;
    w += 16;
    bias += 16;
    indices += 16;
    first += 4;
  }
}

function positions4(
  block: usize, begin: i32, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize,
): void {
  positions(block, begin, x, xStep, y, yStep, taps, end, 4);
}

function positions1(block: usize, begin: i32, x: usize, y: usize, taps: usize, end: usize): void {
  positions(block, begin, x, 0, y, 0, taps, end, 1);
}

/** The last channels of a tile, when they are not a whole vector. */
function restOfTile(
  block: usize, begin: i32, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize,
): void {
  if (begin == load<i32>(block, CHANNELS_OUT)) return;
  for (let i = 0; i < TILE_POSITIONS; i++) {
    positions1(block, begin, x, y, taps, end);
    x += xStep;
    y += yStep;
  }
}

function row(block: usize, x: usize, y: usize, sw: usize, taps: usize, end: usize): void {
  const w = load<usize>(block, 4);
  const xStep = load<usize>(sw, X_STEP);
  const yStep = load<usize>(sw, Y_STEP);
  const count = load<i32>(sw, COUNT);
  let i = 0;
  if (groupTaps(block, sw, taps, end)) {
    for (; count - i >= TILE_POSITIONS; i += TILE_POSITIONS) {
      const px = x + <usize>i * xStep;
      const py = y + <usize>i * yStep;
      const done = tileRowsSpread(block, px, xStep, py, yStep, taps, end, w, w + load<usize>(block, BIAS));
      restOfTile(block, done, px, xStep, py, yStep, taps, end);
    }
  }
  for (; count - i >= 4; i += 4) {
    positions4(block, 0, x + <usize>i * xStep, xStep, y + <usize>i * yStep, yStep, taps, end);
  }
  for (; i < count; i++) positions1(block, 0, x + <usize>i * xStep, y + <usize>i * yStep, taps, end);
  completeRow(block, y, yStep, count);
}

export function convDepthwiseMultiplier(block: usize): void {
  walkRows(block, row);
}
