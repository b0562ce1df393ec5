/**
 * Convolution and transposed convolution with one output channel a group, where a matrix product would fill one column:
 * y[p, g] = act(bias[g] + Σ_taps Σ_k x[p + tap, g·m + k] · w[tap, g·m + k]), w in the order of x: [taps][c].
 * Dot: vectors along the m channels of a group, 4 positions at once. Fold, for m of 2 to 4: vectors over the channels of
 * 4 neighbouring groups, whose products are added up m by m at the end; 2 positions × 4 outputs.
 */
import {
  completeRow, BIAS, CHANNELS_OUT, COUNT, GROUP_IN, HIGH, LOW, TAP_SIZE, walkRows, X_STEP, Y_STEP,
} from "./conv-box";
import { c4 } from "./math";
import { clamp, keepLanes, madd, storeUpTo } from "./vector";

/** The lane sums of four vectors. */
@inline
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f64>(ab, cd, 0, 2), v128.shuffle<f64>(ab, cd, 1, 3));
}

/** One output channel of 4 positions that start at x0 to x3; even and odd vectors apart. */
@inline
function dot4(x0: usize, x1: usize, x2: usize, x3: usize, taps: usize, end: usize, w: usize): v128 {
  let a0 = c4(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  for (; taps != end; taps += TAP_SIZE) {
    let at = load<usize>(taps);
    let k = w + load<usize>(taps, 4);
    let n = load<i32>(taps, 8);
    for (; n >= 8; n -= 8) {
      const p = v128.load(k);
      const q = v128.load(k, 16);
      a0 = madd(v128.load(x0 + at), p, a0);
      b0 = madd(v128.load(x0 + at, 16), q, b0);
      a1 = madd(v128.load(x1 + at), p, a1);
      b1 = madd(v128.load(x1 + at, 16), q, b1);
      if (k == taps) break; // never: see gemm-tiles
      a2 = madd(v128.load(x2 + at), p, a2);
      b2 = madd(v128.load(x2 + at, 16), q, b2);
      a3 = madd(v128.load(x3 + at), p, a3);
      b3 = madd(v128.load(x3 + at, 16), q, b3);
      k += 32;
      at += 32;
    }
    for (; n > 0; n -= 4) {
      // What lies past the run may be anything: neither operand may bring it in.
      const lanes = min(n, 4);
      const p = keepLanes(v128.load(k), c4(0), lanes);
      a0 = madd(keepLanes(v128.load(x0 + at), c4(0), lanes), p, a0);
      a1 = madd(keepLanes(v128.load(x1 + at), c4(0), lanes), p, a1);
      a2 = madd(keepLanes(v128.load(x2 + at), c4(0), lanes), p, a2);
      a3 = madd(keepLanes(v128.load(x3 + at), c4(0), lanes), p, a3);
      k += 16;
      at += 16;
    }
  }
  return laneSums(f32x4.add(a0, b0), f32x4.add(a1, b1), f32x4.add(a2, b2), f32x4.add(a3, b3));
}

/** All outputs of 1 to 4 positions. */
function dots(block: usize, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize, count: i32): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  const groupBytes = load<usize>(block, GROUP_IN) << 2;
  let w = load<usize>(block, 4);
  let bias = w + load<usize>(block, BIAS);
  const x1 = count > 1 ? xStep : 0;
  const x2 = count > 2 ? 2 * xStep : 0;
  const x3 = count > 3 ? 3 * xStep : 0;
  for (let g = load<i32>(block, CHANNELS_OUT); g > 0; g--) {
    const sums = f32x4.add(dot4(x, x + x1, x + x2, x + x3, taps, end, w), v128.load32_splat(bias));
    const v = clamp(sums, lo, hi);
    v128.store32_lane(y, v, 0);
    if (count > 1) v128.store32_lane(y + yStep, v, 1);
    if (count > 2) v128.store32_lane(y + 2 * yStep, v, 2);
    if (count > 3) v128.store32_lane(y + 3 * yStep, v, 3);
    x += groupBytes;
    w += groupBytes;
    y += 4;
    bias += 4;
  }
}

function dotRow(block: usize, x: usize, y: usize, sw: usize, taps: usize, end: usize): void {
  const xStep = load<usize>(sw, X_STEP);
  const yStep = load<usize>(sw, Y_STEP);
  const count = load<i32>(sw, COUNT);
  for (let i = 0; i < count; i += 4) {
    dots(block, x + <usize>i * xStep, xStep, y + <usize>i * yStep, yStep, taps, end, min(4, count - i));
  }
  completeRow(block, y, yStep, count);
}

export function convDot(block: usize): void {
  walkRows(block, dotRow);
}

/** Sums of m neighbouring ones of the 4·m products. */
@inline
function folded(m: i32, a: v128, b: v128, c: v128, d: v128): v128 {
  if (m == 2) return f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  if (m == 4) return laneSums(a, b, c, d);
  const first = v128.shuffle<f32>(v128.shuffle<f32>(a, b, 0, 3, 6, 6), c, 0, 1, 2, 5);
  const second = v128.shuffle<f32>(v128.shuffle<f32>(a, b, 1, 4, 7, 7), c, 0, 1, 2, 6);
  const third = v128.shuffle<f32>(v128.shuffle<f32>(a, b, 2, 5, 5, 5), c, 0, 1, 4, 7);
  return f32x4.add(f32x4.add(first, second), third);
}

/** All outputs of two positions (`xStep` 0: of one, written twice). */
@inline
function fold(m: i32, block: usize, x: usize, xStep: usize, y: usize, yStep: usize, taps: usize, end: usize): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  let w = load<usize>(block, 4);
  let bias = w + load<usize>(block, BIAS);
  for (let left = load<i32>(block, CHANNELS_OUT); left > 0; left -= 4) {
    let a0 = c4(0);
    let b0 = a0;
    let c0 = a0;
    let d0 = a0;
    let a1 = a0;
    let b1 = a0;
    let c1 = a0;
    let d1 = a0;
    for (let t = taps; t != end; t += TAP_SIZE) {
      const at = x + load<usize>(t);
      const k = w + load<usize>(t, 4);
      let p = v128.load(k);
      a0 = madd(v128.load(at), p, a0);
      a1 = madd(v128.load(at + xStep), p, a1);
      p = v128.load(k, 16);
      b0 = madd(v128.load(at, 16), p, b0);
      b1 = madd(v128.load(at + xStep, 16), p, b1);
      if (m > 2) {
        p = v128.load(k, 32);
        c0 = madd(v128.load(at, 32), p, c0);
        c1 = madd(v128.load(at + xStep, 32), p, c1);
      }
      if (m > 3) {
        p = v128.load(k, 48);
        d0 = madd(v128.load(at, 48), p, d0);
        d1 = madd(v128.load(at + xStep, 48), p, d1);
      }
    }
    const b = v128.load(bias);
    storeUpTo(y, clamp(f32x4.add(folded(m, a0, b0, c0, d0), b), lo, hi), left);
    storeUpTo(y + yStep, clamp(f32x4.add(folded(m, a1, b1, c1, d1), b), lo, hi), left);
    x += <usize>m << 4;
    w += <usize>m << 4;
    y += 16;
    bias += 16;
  }
}

@inline
function foldPositions(m: i32, block: usize, x: usize, y: usize, sw: usize, taps: usize, end: usize): void {
  const xStep = load<usize>(sw, X_STEP);
  const yStep = load<usize>(sw, Y_STEP);
  const count = load<i32>(sw, COUNT);
  for (let i = 0; i < count; i += 2) {
    const two = count - i > 1;
    fold(m, block, x + <usize>i * xStep, two ? xStep : 0, y + <usize>i * yStep, two ? yStep : 0, taps, end);
  }
}

function foldRow(block: usize, x: usize, y: usize, sw: usize, taps: usize, end: usize): void {
  const m = load<i32>(block, GROUP_IN);
  if (m == 2) foldPositions(2, block, x, y, sw, taps, end);
  else if (m == 3) foldPositions(3, block, x, y, sw, taps, end);
  else foldPositions(4, block, x, y, sw, taps, end);
  completeRow(block, y, load<usize>(sw, Y_STEP), load<i32>(sw, COUNT));
}

export function convFold(block: usize): void {
  walkRows(block, foldRow);
}
