/**
 * The tiles of conv-depthwise-rows: 6 neighbouring positions × 4 channels over groups of 3, 5 or 7 taps. Unrolled by hand: sums and weights have
 * to be local variables to be registers. Behind every second input stands a test that is never true (one side is of x, the other of the block):
 * V8 (of Node 20) loads all that a basic block needs before it multiplies, and spills sums for that. Row "depthwise 1D T1024 C256 k7" of
 * scripts/time-kernels.mjs is 14 % faster so with plain SIMD, 23 % with fused multiply-add.
 */
import { TAP_SIZE } from "./conv-box";
import { clamp, madd, spread } from "./vector";

@inline
function input(spreads: bool, at: usize, indices: v128): v128 {
  return spreads ? spread(at, indices) : v128.load(at);
}

/** 3 taps × 6 positions: 3 weights and 6 sums stay in registers, every input is loaded once. */
@inline
export function tile3(
  spreads: bool, again: bool, indices: v128, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize,
  w: usize, wStep: usize, bias: usize, lo: v128, hi: v128,
): void {
  let a0 = again ? v128.load(y) : v128.load(bias);
  let a1 = again ? v128.load(y + yStep) : a0;
  let a2 = again ? v128.load(y + 2 * yStep) : a0;
  let a3 = again ? v128.load(y + 3 * yStep) : a0;
  let a4 = again ? v128.load(y + 4 * yStep) : a0;
  let a5 = again ? v128.load(y + 5 * yStep) : a0;
  for (; taps != end; taps += 3 * TAP_SIZE) {
    let k = w + load<usize>(taps, 4);
    const w0 = v128.load(k);
    k += wStep;
    const w1 = v128.load(k);
    k += wStep;
    const w2 = v128.load(k);
    let at = x + load<usize>(taps);
    let v = input(spreads, at, indices);
    a0 = madd(v, w0, a0);
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w1, a0);
    a1 = madd(v, w0, a1);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w2, a0);
    a1 = madd(v, w1, a1);
    a2 = madd(v, w0, a2);
    at += xStep;
    v = input(spreads, at, indices);
    a1 = madd(v, w2, a1);
    a2 = madd(v, w1, a2);
    a3 = madd(v, w0, a3);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a2 = madd(v, w2, a2);
    a3 = madd(v, w1, a3);
    a4 = madd(v, w0, a4);
    at += xStep;
    v = input(spreads, at, indices);
    a3 = madd(v, w2, a3);
    a4 = madd(v, w1, a4);
    a5 = madd(v, w0, a5);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a4 = madd(v, w2, a4);
    a5 = madd(v, w1, a5);
    at += xStep;
    v = input(spreads, at, indices);
    a5 = madd(v, w2, a5);
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
}

/** 5 taps × 6 positions: 5 weights and 6 sums stay in registers, every input is loaded once. */
@inline
export function tile5(
  spreads: bool, again: bool, indices: v128, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize,
  w: usize, wStep: usize, bias: usize, lo: v128, hi: v128,
): void {
  let a0 = again ? v128.load(y) : v128.load(bias);
  let a1 = again ? v128.load(y + yStep) : a0;
  let a2 = again ? v128.load(y + 2 * yStep) : a0;
  let a3 = again ? v128.load(y + 3 * yStep) : a0;
  let a4 = again ? v128.load(y + 4 * yStep) : a0;
  let a5 = again ? v128.load(y + 5 * yStep) : a0;
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
    let v = input(spreads, at, indices);
    a0 = madd(v, w0, a0);
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w1, a0);
    a1 = madd(v, w0, a1);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w2, a0);
    a1 = madd(v, w1, a1);
    a2 = madd(v, w0, a2);
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w3, a0);
    a1 = madd(v, w2, a1);
    a2 = madd(v, w1, a2);
    a3 = madd(v, w0, a3);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w4, a0);
    a1 = madd(v, w3, a1);
    a2 = madd(v, w2, a2);
    a3 = madd(v, w1, a3);
    a4 = madd(v, w0, a4);
    at += xStep;
    v = input(spreads, at, indices);
    a1 = madd(v, w4, a1);
    a2 = madd(v, w3, a2);
    a3 = madd(v, w2, a3);
    a4 = madd(v, w1, a4);
    a5 = madd(v, w0, a5);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a2 = madd(v, w4, a2);
    a3 = madd(v, w3, a3);
    a4 = madd(v, w2, a4);
    a5 = madd(v, w1, a5);
    at += xStep;
    v = input(spreads, at, indices);
    a3 = madd(v, w4, a3);
    a4 = madd(v, w3, a4);
    a5 = madd(v, w2, a5);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a4 = madd(v, w4, a4);
    a5 = madd(v, w3, a5);
    at += xStep;
    v = input(spreads, at, indices);
    a5 = madd(v, w4, a5);
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
}

/** 7 taps × 6 positions: 7 weights and 6 sums stay in registers, every input is loaded once. */
@inline
export function tile7(
  spreads: bool, again: bool, indices: v128, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize,
  w: usize, wStep: usize, bias: usize, lo: v128, hi: v128,
): void {
  let a0 = again ? v128.load(y) : v128.load(bias);
  let a1 = again ? v128.load(y + yStep) : a0;
  let a2 = again ? v128.load(y + 2 * yStep) : a0;
  let a3 = again ? v128.load(y + 3 * yStep) : a0;
  let a4 = again ? v128.load(y + 4 * yStep) : a0;
  let a5 = again ? v128.load(y + 5 * yStep) : a0;
  for (; taps != end; taps += 7 * TAP_SIZE) {
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
    k += wStep;
    const w5 = v128.load(k);
    k += wStep;
    const w6 = v128.load(k);
    let at = x + load<usize>(taps);
    let v = input(spreads, at, indices);
    a0 = madd(v, w0, a0);
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w1, a0);
    a1 = madd(v, w0, a1);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w2, a0);
    a1 = madd(v, w1, a1);
    a2 = madd(v, w0, a2);
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w3, a0);
    a1 = madd(v, w2, a1);
    a2 = madd(v, w1, a2);
    a3 = madd(v, w0, a3);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w4, a0);
    a1 = madd(v, w3, a1);
    a2 = madd(v, w2, a2);
    a3 = madd(v, w1, a3);
    a4 = madd(v, w0, a4);
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w5, a0);
    a1 = madd(v, w4, a1);
    a2 = madd(v, w3, a2);
    a3 = madd(v, w2, a3);
    a4 = madd(v, w1, a4);
    a5 = madd(v, w0, a5);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a0 = madd(v, w6, a0);
    a1 = madd(v, w5, a1);
    a2 = madd(v, w4, a2);
    a3 = madd(v, w3, a3);
    a4 = madd(v, w2, a4);
    a5 = madd(v, w1, a5);
    at += xStep;
    v = input(spreads, at, indices);
    a1 = madd(v, w6, a1);
    a2 = madd(v, w5, a2);
    a3 = madd(v, w4, a3);
    a4 = madd(v, w3, a4);
    a5 = madd(v, w2, a5);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a2 = madd(v, w6, a2);
    a3 = madd(v, w5, a3);
    a4 = madd(v, w4, a4);
    a5 = madd(v, w3, a5);
    at += xStep;
    v = input(spreads, at, indices);
    a3 = madd(v, w6, a3);
    a4 = madd(v, w5, a4);
    a5 = madd(v, w4, a5);
    if (at == taps) break; // never
    at += xStep;
    v = input(spreads, at, indices);
    a4 = madd(v, w6, a4);
    a5 = madd(v, w5, a5);
    at += xStep;
    v = input(spreads, at, indices);
    a5 = madd(v, w6, a5);
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
}
