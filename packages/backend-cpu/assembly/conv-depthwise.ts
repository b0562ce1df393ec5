/**
 * Depthwise convolution, one output a channel: y[p, c] = act(bias[c] + Σ_taps x[p + tap, c] · w[tap, c]).
 * x, y channels last, w [taps][c], no padding anywhere. Tile: 4 positions × 8 channels in 8 registers; the taps of a
 * box are walked innermost, the channels of 4 positions before the next positions, so x streams and w stays in L1. Does
 * any kernel, stride and dilation. Faster where they apply: rows of neighbouring taps go to conv-depthwise-rows, with stride 2 to
 * conv-depthwise-strided, short rows with borders to conv-depthwise-whole, 1 to 3 channels to conv-depthwise-narrow.
 */
import { completeRow, BIAS, CHANNELS_OUT, COUNT, HIGH, LOW, TAP_SIZE, walkRows, X_STEP, Y_STEP } from "./conv-box";
import { isNarrow, narrowRow } from "./conv-depthwise-narrow";
import { groupTaps, TILE_POSITIONS, tileRows } from "./conv-depthwise-rows";
import { isStrided, STRIDED_POSITIONS, tileStrided } from "./conv-depthwise-strided";
import { hasWholeRows, wholeRow } from "./conv-depthwise-whole";
import { clamp, madd, storePart } from "./vector";

/** 4 positions × 8 channels. */
@inline
function tile4x8(
  x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, bias: usize, lo: v128, hi: v128,
): void {
  let a0 = v128.load(bias);
  let b0 = v128.load(bias, 16);
  let a1 = a0;
  let b1 = b0;
  let a2 = a0;
  let b2 = b0;
  let a3 = a0;
  let b3 = b0;
  for (; taps != end; taps += TAP_SIZE) {
    const k = w + load<usize>(taps, 4);
    const p = v128.load(k);
    const q = v128.load(k, 16);
    let at = x + load<usize>(taps);
    a0 = madd(v128.load(at), p, a0);
    b0 = madd(v128.load(at, 16), q, b0);
    at += xStep;
    a1 = madd(v128.load(at), p, a1);
    b1 = madd(v128.load(at, 16), q, b1);
    at += xStep;
    if (at == taps) break; // never: see conv-depthwise-tiles
    a2 = madd(v128.load(at), p, a2);
    b2 = madd(v128.load(at, 16), q, b2);
    at += xStep;
    a3 = madd(v128.load(at), p, a3);
    b3 = madd(v128.load(at, 16), q, b3);
  }
  v128.store(y, clamp(a0, lo, hi));
  v128.store(y, clamp(b0, lo, hi), 16);
  y += yStep;
  v128.store(y, clamp(a1, lo, hi));
  v128.store(y, clamp(b1, lo, hi), 16);
  y += yStep;
  v128.store(y, clamp(a2, lo, hi));
  v128.store(y, clamp(b2, lo, hi), 16);
  y += yStep;
  v128.store(y, clamp(a3, lo, hi));
  v128.store(y, clamp(b3, lo, hi), 16);
}

/** One position × 4 channels: the sum. */
@inline
function sum4(x: usize, taps: usize, end: usize, w: usize, bias: usize): v128 {
  let a = v128.load(bias);
  for (; taps != end; taps += TAP_SIZE) {
    a = madd(v128.load(x + load<usize>(taps)), v128.load(w + load<usize>(taps, 4)), a);
  }
  return a;
}

/** One position × 16 channels. */
@inline
function tile1x16(x: usize, y: usize, taps: usize, end: usize, w: usize, bias: usize, lo: v128, hi: v128): void {
  let a = v128.load(bias);
  let b = v128.load(bias, 16);
  let c = v128.load(bias, 32);
  let d = v128.load(bias, 48);
  for (; taps != end; taps += TAP_SIZE) {
    const at = x + load<usize>(taps);
    const k = w + load<usize>(taps, 4);
    a = madd(v128.load(at), v128.load(k), a);
    b = madd(v128.load(at, 16), v128.load(k, 16), b);
    c = madd(v128.load(at, 32), v128.load(k, 32), c);
    d = madd(v128.load(at, 48), v128.load(k, 48), d);
  }
  v128.store(y, clamp(a, lo, hi));
  v128.store(y, clamp(b, lo, hi), 16);
  v128.store(y, clamp(c, lo, hi), 32);
  v128.store(y, clamp(d, lo, hi), 48);
}

/** All channels of 4 positions. */
function positions4(
  block: usize, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, bias: usize,
): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  let left = load<i32>(block, CHANNELS_OUT);
  for (; left >= 8; left -= 8) {
    tile4x8(x, xStep, y, yStep, taps, end, w, bias, lo, hi);
    x += 32;
    y += 32;
    w += 32;
    bias += 32;
  }
  if (left == 0) return;
  for (let i = 0; i < 4; i++) {
    rest(x, y, taps, end, w, bias, left, lo, hi);
    x += xStep;
    y += yStep;
  }
}

/** The last 1 to 7 channels of a position. */
@inline
function rest(
  x: usize, y: usize, taps: usize, end: usize, w: usize, bias: usize, left: i32, lo: v128, hi: v128,
): void {
  if (left >= 4) {
    v128.store(y, clamp(sum4(x, taps, end, w, bias), lo, hi));
    x += 16;
    y += 16;
    w += 16;
    bias += 16;
    left -= 4;
  }
  if (left > 0) storePart(y, clamp(sum4(x, taps, end, w, bias), lo, hi), left);
}

/** All channels of one position. */
function positions1(block: usize, x: usize, y: usize, taps: usize, end: usize, w: usize, bias: usize): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  let left = load<i32>(block, CHANNELS_OUT);
  for (; left >= 16; left -= 16) {
    tile1x16(x, y, taps, end, w, bias, lo, hi);
    x += 64;
    y += 64;
    w += 64;
    bias += 64;
  }
  for (; left >= 4; left -= 4) {
    v128.store(y, clamp(sum4(x, taps, end, w, bias), lo, hi));
    x += 16;
    y += 16;
    w += 16;
    bias += 16;
  }
  if (left > 0) storePart(y, clamp(sum4(x, taps, end, w, bias), lo, hi), left);
}

/** A row of a box. */
function row(block: usize, x: usize, y: usize, sw: usize, taps: usize, end: usize): void {
  const w = load<usize>(block, 4);
  const bias = w + load<usize>(block, BIAS);
  const xStep = load<usize>(sw, X_STEP);
  const yStep = load<usize>(sw, Y_STEP);
  const count = load<i32>(sw, COUNT);
  let i = 0;
  if (hasWholeRows(sw)) {
    wholeRow(block, x, y, sw, taps, end);
    i = count;
  } else if (isNarrow(block, xStep, yStep)) {
    narrowRow(block, x, y, count, taps, end);
    i = count;
  } else if (groupTaps(block, sw, taps, end)) {
    // The last tile may overlap the one before it where that is less work than single positions.
    for (; count - i >= TILE_POSITIONS || (i > 0 && count - i > 3); i += TILE_POSITIONS) {
      i = min(i, count - TILE_POSITIONS);
      tileRows(block, x + <usize>i * xStep, xStep, y + <usize>i * yStep, yStep, taps, end, w, bias);
    }
  } else if (isStrided(block, sw)) {
    for (; count - i >= STRIDED_POSITIONS || (i > 0 && count - i > 2); i += STRIDED_POSITIONS) {
      i = min(i, count - STRIDED_POSITIONS);
      tileStrided(block, x + <usize>i * xStep, xStep, y + <usize>i * yStep, yStep, taps, end, w, bias);
    }
  }
  let px = x + <usize>i * xStep;
  let py = y + <usize>i * yStep;
  for (; count - i >= 4; i += 4) {
    positions4(block, px, xStep, py, yStep, taps, end, w, bias);
    px += 4 * xStep;
    py += 4 * yStep;
  }
  for (; i < count; i++) {
    positions1(block, px, py, taps, end, w, bias);
    px += xStep;
    py += yStep;
  }
  completeRow(block, y, yStep, count);
}

export function convDepthwise(block: usize): void {
  walkRows(block, row);
}
