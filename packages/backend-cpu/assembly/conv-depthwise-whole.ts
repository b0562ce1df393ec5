/**
 * Depthwise convolution of short rows with their borders, 3 or 5 neighbouring taps and same padding: 7 neighbouring positions × 4 channels at a
 * time, with every input of a row loaded once; what is missing on either side of a row is left out of the tiles at its ends. Where borders are
 * many of the positions, that is up to 2.6 times as fast as boxes without them: row "depthwise 2D 7x7x1152 k5" of scripts/time-kernels.mjs. The
 * tests that are never true are explained in conv-depthwise-tiles.
 */
import { BIAS, CHANNELS_OUT, COUNT, HIGH, LOW, TAP_COUNT, TAP_LIST, TAP_SIZE, X_START, X_STEP, Y_STEP } from "./conv-box";
import { clamp, madd } from "./vector";

const TILE = 7;

/** 3 taps × 7 positions: 3 weights and 7 sums stay in registers, every input is loaded once. `first`: one input is before the row, `last`: one behind it. */
@inline
function tile3(
  first: bool, last: bool, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, wStep: usize, bias: usize, lo: v128,
  hi: v128,
): void {
  let a0 = v128.load(bias);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
  let a5 = a0;
  let a6 = a0;
  for (; taps != end; taps += 3 * TAP_SIZE) {
    let k = w + load<usize>(taps, 4);
    const w0 = v128.load(k);
    k += wStep;
    const w1 = v128.load(k);
    k += wStep;
    const w2 = v128.load(k);
    let at = x + load<usize>(taps);
    let v = f32x4.splat(0);
    if (!first) {
      v = v128.load(at);
      a0 = madd(v, w0, a0);
    }
    at += xStep;
    v = v128.load(at);
    a0 = madd(v, w1, a0);
    a1 = madd(v, w0, a1);
    at += xStep;
    v = v128.load(at);
    a0 = madd(v, w2, a0);
    a1 = madd(v, w1, a1);
    a2 = madd(v, w0, a2);
    if (at == taps) break; // never
    at += xStep;
    v = v128.load(at);
    a1 = madd(v, w2, a1);
    a2 = madd(v, w1, a2);
    a3 = madd(v, w0, a3);
    at += xStep;
    v = v128.load(at);
    a2 = madd(v, w2, a2);
    a3 = madd(v, w1, a3);
    a4 = madd(v, w0, a4);
    at += xStep;
    v = v128.load(at);
    a3 = madd(v, w2, a3);
    a4 = madd(v, w1, a4);
    a5 = madd(v, w0, a5);
    if (at == taps) break; // never
    at += xStep;
    v = v128.load(at);
    a4 = madd(v, w2, a4);
    a5 = madd(v, w1, a5);
    a6 = madd(v, w0, a6);
    at += xStep;
    v = v128.load(at);
    a5 = madd(v, w2, a5);
    a6 = madd(v, w1, a6);
    at += xStep;
    if (!last) {
      v = v128.load(at);
      a6 = madd(v, w2, a6);
    }
  }
  v128.store(y, clamp(a0, lo, hi));
  y += yStep;
  v128.store(y, clamp(a1, lo, hi));
  y += yStep;
  v128.store(y, clamp(a2, lo, hi));
  y += yStep;
  v128.store(y, clamp(a3, lo, hi));
  y += yStep;
  v128.store(y, clamp(a4, lo, hi));
  y += yStep;
  v128.store(y, clamp(a5, lo, hi));
  y += yStep;
  v128.store(y, clamp(a6, lo, hi));
}

/** 5 taps × 7 positions: 5 weights and 7 sums stay in registers, every input is loaded once. `first`: two are before the row, `last`: two behind it. */
@inline
function tile5(
  first: bool, last: bool, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, wStep: usize, bias: usize, lo: v128,
  hi: v128,
): void {
  let a0 = v128.load(bias);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
  let a5 = a0;
  let a6 = a0;
  for (; taps != end; taps += 5 * TAP_SIZE) {
    let k = w + load<usize>(taps, 4);
    const w0 = v128.load(k);
    k += wStep;
    const w1 = v128.load(k);
    k += wStep;
    const w2 = v128.load(k);
    k += wStep;
    const w3 = v128.load(k);
    k += wStep;
    const w4 = v128.load(k);
    let at = x + load<usize>(taps);
    let v = f32x4.splat(0);
    if (!first) {
      v = v128.load(at);
      a0 = madd(v, w0, a0);
    }
    at += xStep;
    if (!first) {
      v = v128.load(at);
      a0 = madd(v, w1, a0);
      a1 = madd(v, w0, a1);
    }
    at += xStep;
    v = v128.load(at);
    a0 = madd(v, w2, a0);
    a1 = madd(v, w1, a1);
    a2 = madd(v, w0, a2);
    if (at == taps) break; // never
    at += xStep;
    v = v128.load(at);
    a0 = madd(v, w3, a0);
    a1 = madd(v, w2, a1);
    a2 = madd(v, w1, a2);
    a3 = madd(v, w0, a3);
    at += xStep;
    v = v128.load(at);
    a0 = madd(v, w4, a0);
    a1 = madd(v, w3, a1);
    a2 = madd(v, w2, a2);
    a3 = madd(v, w1, a3);
    a4 = madd(v, w0, a4);
    at += xStep;
    v = v128.load(at);
    a1 = madd(v, w4, a1);
    a2 = madd(v, w3, a2);
    a3 = madd(v, w2, a3);
    a4 = madd(v, w1, a4);
    a5 = madd(v, w0, a5);
    if (at == taps) break; // never
    at += xStep;
    v = v128.load(at);
    a2 = madd(v, w4, a2);
    a3 = madd(v, w3, a3);
    a4 = madd(v, w2, a4);
    a5 = madd(v, w1, a5);
    a6 = madd(v, w0, a6);
    at += xStep;
    v = v128.load(at);
    a3 = madd(v, w4, a3);
    a4 = madd(v, w3, a4);
    a5 = madd(v, w2, a5);
    a6 = madd(v, w1, a6);
    at += xStep;
    v = v128.load(at);
    a4 = madd(v, w4, a4);
    a5 = madd(v, w3, a5);
    a6 = madd(v, w2, a6);
    if (at == taps) break; // never
    at += xStep;
    if (!last) {
      v = v128.load(at);
      a5 = madd(v, w4, a5);
      a6 = madd(v, w3, a6);
    }
    at += xStep;
    if (!last) {
      v = v128.load(at);
      a6 = madd(v, w4, a6);
    }
  }
  v128.store(y, clamp(a0, lo, hi));
  y += yStep;
  v128.store(y, clamp(a1, lo, hi));
  y += yStep;
  v128.store(y, clamp(a2, lo, hi));
  y += yStep;
  v128.store(y, clamp(a3, lo, hi));
  y += yStep;
  v128.store(y, clamp(a4, lo, hi));
  y += yStep;
  v128.store(y, clamp(a5, lo, hi));
  y += yStep;
  v128.store(y, clamp(a6, lo, hi));
}

@inline
function channels(
  size: i32, first: bool, last: bool, block: usize, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, bias: usize,
): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  const wStep = load<usize>(taps, TAP_SIZE + 4) - load<usize>(taps, 4);
  const bytes = (load<usize>(block, CHANNELS_OUT) << 2) - 16;
  let c: usize = 0;
  while (true) {
    if (size == 3) tile3(first, last, x + c, xStep, y + c, yStep, taps, end, w + c, wStep, bias + c, lo, hi);
    else tile5(first, last, x + c, xStep, y + c, yStep, taps, end, w + c, wStep, bias + c, lo, hi);
    if (c == bytes) return;
    c = min(c + 16, bytes);
  }
}

/** Whether a segment is a whole row, whose first tap begins outside, not a part of one whose taps are all inside. */
@inline
export function hasWholeRows(sw: usize): bool {
  return load<i32>(sw, TAP_COUNT) > 0 && load<i32>(sw, X_START) + load<i32>(load<usize>(sw, TAP_LIST)) < 0;
}

@inline
function tiles(size: i32, block: usize, x: usize, y: usize, sw: usize, taps: usize, end: usize): void {
  const w = load<usize>(block, 4);
  const bias = w + load<usize>(block, BIAS);
  const xStep = load<usize>(sw, X_STEP);
  const yStep = load<usize>(sw, Y_STEP);
  const count = load<i32>(sw, COUNT);
  if (count == TILE) {
    channels(size, true, true, block, x, xStep, y, yStep, taps, end, w, bias);
    return;
  }
  channels(size, true, false, block, x, xStep, y, yStep, taps, end, w, bias);
  // It may overlap the first.
  const i = <usize>(count - TILE);
  channels(size, false, true, block, x + i * xStep, xStep, y + i * yStep, yStep, taps, end, w, bias);
}

function rowOf3(block: usize, x: usize, y: usize, sw: usize, taps: usize, end: usize): void {
  tiles(3, block, x, y, sw, taps, end);
}

function rowOf5(block: usize, x: usize, y: usize, sw: usize, taps: usize, end: usize): void {
  tiles(5, block, x, y, sw, taps, end);
}

/** All channels, 4 or more, of a row of 7 positions, or of as many more as miss inputs on one side of a tile only, up to 14; 3 or 5 taps. */
export function wholeRow(block: usize, x: usize, y: usize, sw: usize, taps: usize, end: usize): void {
  if (load<i32>(sw, TAP_COUNT) == 3) rowOf3(block, x, y, sw, taps, end);
  else rowOf5(block, x, y, sw, taps, end);
}
