/**
 * Depthwise convolution with stride 2 for rows of 5 neighbouring taps, or 10: 5 neighbouring positions × 4 channels at a time, so that an input
 * vector is loaded once for all the taps that use it, as in conv-depthwise-tiles, where the tests that are never true are explained. With 3 taps
 * too little is shared: the general tile is as fast or faster there.
 */
import { CHANNELS_OUT, HIGH, LOW, TAP_COUNT, TAP_LIST, TAP_SIZE, X_STEP } from "./conv-box";
import { clamp, madd } from "./vector";

/** Positions a tile. */
export const STRIDED_POSITIONS = 5;

/** Whether the taps of a row come in fives and positions are two of their steps apart. */
@inline
export function isStrided(block: usize, sw: usize): bool {
  const size = load<i32>(sw, TAP_COUNT);
  if (size == 0 || size % 5 != 0 || load<i32>(block, CHANNELS_OUT) < 4) return false;
  const list = load<usize>(sw, TAP_LIST);
  return 2 * (load<usize>(list, TAP_SIZE) - load<usize>(list)) == load<usize>(sw, X_STEP);
}

/** 5 taps × 5 positions: 5 weights and 5 sums stay in registers, every input is loaded once. */
@inline
function tile5(
  x: usize, step: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, wStep: usize, bias: usize, lo: v128, hi: v128,
): void {
  let a0 = v128.load(bias);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
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
    let v = v128.load(at);
    a0 = madd(v, w0, a0);
    at += step;
    v = v128.load(at);
    a0 = madd(v, w1, a0);
    if (at == taps) break; // never
    at += step;
    v = v128.load(at);
    a0 = madd(v, w2, a0);
    a1 = madd(v, w0, a1);
    at += step;
    v = v128.load(at);
    a0 = madd(v, w3, a0);
    a1 = madd(v, w1, a1);
    if (at == taps) break; // never
    at += step;
    v = v128.load(at);
    a0 = madd(v, w4, a0);
    a1 = madd(v, w2, a1);
    a2 = madd(v, w0, a2);
    at += step;
    v = v128.load(at);
    a1 = madd(v, w3, a1);
    a2 = madd(v, w1, a2);
    if (at == taps) break; // never
    at += step;
    v = v128.load(at);
    a1 = madd(v, w4, a1);
    a2 = madd(v, w2, a2);
    a3 = madd(v, w0, a3);
    at += step;
    v = v128.load(at);
    a2 = madd(v, w3, a2);
    a3 = madd(v, w1, a3);
    if (at == taps) break; // never
    at += step;
    v = v128.load(at);
    a2 = madd(v, w4, a2);
    a3 = madd(v, w2, a3);
    a4 = madd(v, w0, a4);
    at += step;
    v = v128.load(at);
    a3 = madd(v, w3, a3);
    a4 = madd(v, w1, a4);
    if (at == taps) break; // never
    at += step;
    v = v128.load(at);
    a3 = madd(v, w4, a3);
    a4 = madd(v, w2, a4);
    at += step;
    v = v128.load(at);
    a4 = madd(v, w3, a4);
    if (at == taps) break; // never
    at += step;
    v = v128.load(at);
    a4 = madd(v, w4, a4);
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
}

/** All channels, 4 or more, of a tile of positions; the last vector may overlap the one before. */
export function tileStrided(
  block: usize, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, w: usize, bias: usize,
): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  const wStep = load<usize>(taps, TAP_SIZE + 4) - load<usize>(taps, 4);
  const last = (load<usize>(block, CHANNELS_OUT) << 2) - 16;
  const step = xStep >> 1;
  let c: usize = 0;
  while (true) {
    tile5(x + c, step, y + c, yStep, taps, end, w + c, wStep, bias + c, lo, hi);
    if (c == last) return;
    c = min(c + 16, last);
  }
}
