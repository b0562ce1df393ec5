/**
 * Positions × 8 channels of a matrix product whose rows are found by pointers: 4 positions a tile with plain SIMD, 5 with fused multiply-add.
 *
 * Sums in 8 registers are added to as often as a fused multiply-add takes to finish, so that any delay is lost for good; 10 leave room: 63 against
 * 55 GFLOP/s where the processor's own limit is 65. Plain SIMD adds in fewer cycles and is limited by its ports; there the loop is unrolled, for
 * fewer additions to pointers: 46 against 43. V8 (of Node 20) loads all that a basic block needs before it multiplies, and spills sums for that,
 * so a test stands wherever too many loads would meet: each is the loop's own, a few of them never true. Both measured by scripts/time-kernels.mjs,
 * rows "conv 2D 28x28 256-256 k1" and "conv 2D 56x56 64-64 k5"; rows packed side by side, for one pointer in place of 4 or 5, gained nothing more.
 */
import { HIGH, LOW, TAP_SIZE } from "./conv-box";
import { clamp, madd, storePart, storeUpTo } from "./vector";

/** The most positions a tile has. */
export const TILE: i32 = ASC_FEATURE_RELAXED_SIMD ? 5 : 4;

/** Whether tiles of 5 are fewer than those of 4. */
@inline
export function goesByFives(n: i32): bool {
  return ASC_FEATURE_RELAXED_SIMD && (n + 4) / 5 < (n + 3) >> 2;
}

/** 8 channels of a position, or the `columns` of them that exist. */
@inline
export function finish(y: usize, a: v128, b: v128, columns: i32, lo: v128, hi: v128): void {
  a = clamp(a, lo, hi);
  b = clamp(b, lo, hi);
  if (columns >= 8) {
    v128.store(y, a);
    v128.store(y, b, 16);
  } else if (columns > 4) {
    v128.store(y, a);
    storePart(y + 16, b, columns - 4);
  } else {
    storeUpTo(y, a, columns);
  }
}

/** 4 positions × 8 channels. */
function tiles4x8(
  block: usize, n: i32, taps: usize, end: usize, xs: usize, ys: usize, xc: usize, yc: usize, w: usize, bias: usize, columns: i32,
): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  for (; n > 0; n -= 4) {
    let a0 = v128.load(bias);
    let b0 = v128.load(bias, 16);
    let a1 = a0;
    let b1 = b0;
    let a2 = a0;
    let b2 = b0;
    let a3 = a0;
    let b3 = b0;
    for (let tap = taps; tap != end; tap += TAP_SIZE) {
      const offset = xc + load<usize>(tap);
      let x0 = load<usize>(xs) + offset;
      let x1 = load<usize>(xs, 4) + offset;
      let x2 = load<usize>(xs, 8) + offset;
      let x3 = load<usize>(xs, 12) + offset;
      let b = w + load<usize>(tap, 4);
      const last = b + (load<usize>(tap, 8) << 5);
      while (true) {
        let p = v128.load(b);
        let q = v128.load(b, 16);
        let s = v128.load32_splat(x0);
        a0 = madd(s, p, a0);
        b0 = madd(s, q, b0);
        s = v128.load32_splat(x1);
        a1 = madd(s, p, a1);
        b1 = madd(s, q, b1);
        s = v128.load32_splat(x2);
        a2 = madd(s, p, a2);
        b2 = madd(s, q, b2);
        s = v128.load32_splat(x3);
        a3 = madd(s, p, a3);
        b3 = madd(s, q, b3);
        if (b + 32 == last) break;
        p = v128.load(b, 32);
        q = v128.load(b, 48);
        s = v128.load32_splat(x0, 4);
        a0 = madd(s, p, a0);
        b0 = madd(s, q, b0);
        s = v128.load32_splat(x1, 4);
        a1 = madd(s, p, a1);
        b1 = madd(s, q, b1);
        s = v128.load32_splat(x2, 4);
        a2 = madd(s, p, a2);
        b2 = madd(s, q, b2);
        s = v128.load32_splat(x3, 4);
        a3 = madd(s, p, a3);
        b3 = madd(s, q, b3);
        if (b + 64 == last) break;
        p = v128.load(b, 64);
        q = v128.load(b, 80);
        s = v128.load32_splat(x0, 8);
        a0 = madd(s, p, a0);
        b0 = madd(s, q, b0);
        s = v128.load32_splat(x1, 8);
        a1 = madd(s, p, a1);
        b1 = madd(s, q, b1);
        s = v128.load32_splat(x2, 8);
        a2 = madd(s, p, a2);
        b2 = madd(s, q, b2);
        s = v128.load32_splat(x3, 8);
        a3 = madd(s, p, a3);
        b3 = madd(s, q, b3);
        if (b + 96 == last) break;
        p = v128.load(b, 96);
        q = v128.load(b, 112);
        s = v128.load32_splat(x0, 12);
        a0 = madd(s, p, a0);
        b0 = madd(s, q, b0);
        s = v128.load32_splat(x1, 12);
        a1 = madd(s, p, a1);
        b1 = madd(s, q, b1);
        s = v128.load32_splat(x2, 12);
        a2 = madd(s, p, a2);
        b2 = madd(s, q, b2);
        s = v128.load32_splat(x3, 12);
        a3 = madd(s, p, a3);
        b3 = madd(s, q, b3);
        x0 += 16;
        x1 += 16;
        x2 += 16;
        x3 += 16;
        b += 128;
        if (b == last) break;
      }
    }
    finish(load<usize>(ys) + yc, a0, b0, columns, lo, hi);
    finish(load<usize>(ys, 4) + yc, a1, b1, columns, lo, hi);
    finish(load<usize>(ys, 8) + yc, a2, b2, columns, lo, hi);
    finish(load<usize>(ys, 12) + yc, a3, b3, columns, lo, hi);
    xs += 16;
    ys += 16;
  }
}

/** 5 positions × 8 channels. */
function tiles5x8(
  block: usize, n: i32, taps: usize, end: usize, xs: usize, ys: usize, xc: usize, yc: usize, w: usize, bias: usize, columns: i32,
): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  for (; n > 0; n -= 5) {
    let a0 = v128.load(bias);
    let b0 = v128.load(bias, 16);
    let a1 = a0;
    let b1 = b0;
    let a2 = a0;
    let b2 = b0;
    let a3 = a0;
    let b3 = b0;
    let a4 = a0;
    let b4 = b0;
    for (let tap = taps; tap != end; tap += TAP_SIZE) {
      const offset = xc + load<usize>(tap);
      let x0 = load<usize>(xs) + offset;
      let x1 = load<usize>(xs, 4) + offset;
      let x2 = load<usize>(xs, 8) + offset;
      let x3 = load<usize>(xs, 12) + offset;
      let x4 = load<usize>(xs, 16) + offset;
      let b = w + load<usize>(tap, 4);
      const last = b + (load<usize>(tap, 8) << 5);
      while (true) {
        let p = v128.load(b);
        let q = v128.load(b, 16);
        let s = v128.load32_splat(x0);
        a0 = madd(s, p, a0);
        b0 = madd(s, q, b0);
        s = v128.load32_splat(x1);
        a1 = madd(s, p, a1);
        b1 = madd(s, q, b1);
        if (b == last) break; // never
        s = v128.load32_splat(x2);
        a2 = madd(s, p, a2);
        b2 = madd(s, q, b2);
        s = v128.load32_splat(x3);
        a3 = madd(s, p, a3);
        b3 = madd(s, q, b3);
        s = v128.load32_splat(x4);
        a4 = madd(s, p, a4);
        b4 = madd(s, q, b4);
        x0 += 4;
        x1 += 4;
        x2 += 4;
        x3 += 4;
        x4 += 4;
        b += 32;
        if (b == last) break;
      }
    }
    finish(load<usize>(ys) + yc, a0, b0, columns, lo, hi);
    finish(load<usize>(ys, 4) + yc, a1, b1, columns, lo, hi);
    finish(load<usize>(ys, 8) + yc, a2, b2, columns, lo, hi);
    finish(load<usize>(ys, 12) + yc, a3, b3, columns, lo, hi);
    finish(load<usize>(ys, 16) + yc, a4, b4, columns, lo, hi);
    xs += 20;
    ys += 20;
  }
}

/** `n` positions, whose pointers are at `xs` and `ys`, by whole tiles; `xc`, `yc`: channel byte offsets. Runs of taps are not empty. */
export function tiles(
  block: usize, n: i32, taps: usize, end: usize, xs: usize, ys: usize, xc: usize, yc: usize, w: usize, bias: usize, columns: i32,
): void {
  if (goesByFives(n)) tiles5x8(block, n, taps, end, xs, ys, xc, yc, w, bias, columns);
  else tiles4x8(block, n, taps, end, xs, ys, xc, yc, w, bias, columns);
}
