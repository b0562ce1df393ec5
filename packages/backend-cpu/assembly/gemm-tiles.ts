/**
 * Positions × 8 channels of a matrix product whose rows are found by pointers: 4 positions a tile with plain SIMD, 5 with fused multiply-add.
 *
 * Sums in 8 registers are added to as often as a fused multiply-add takes to finish, so that any delay is lost for good; 10 leave room: 63 against
 * 55 GFLOP/s where the processor's own limit is 65. Plain SIMD adds in fewer cycles and is limited by its ports; there the loop is unrolled, for
 * fewer additions to pointers: 46 against 43. V8 (of Node 20) loads all that a basic block needs before it multiplies, and spills sums for that,
 * so a test stands wherever too many loads would meet: the loop's own, or one that is never true. Both measured by scripts/time-kernels.mjs,
 * row "conv 2D 28x28 256-256 k1"; rows packed side by side, for one pointer in place of 4 or 5, gained nothing more.
 *
 * A panel that is not in L2 arrives half as fast as the first tile could use it, and WebAssembly has no prefetch: so the tiles of one panel touch
 * the next one a little at a time. Row "conv 2D 7x7 1024-1024 k1": 9 % faster with plain SIMD, 7 % with fused multiply-add.
 */
import { HIGH, LOW, PANEL_BYTES, TABLES, TAP_SIZE } from "./conv-box";
import { clamp, madd, storePart, storeUpTo } from "./vector";

/** Bytes of a panel after which a tile of 5 touches the next one, an eighth as much of it. */
const STRETCH: usize = 8192;
/** Where `TABLES` has room for what was touched, so that it is not left out. */
const TOUCHED: usize = 4 * 104;

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
  block: usize, n: i32, taps: usize, end: usize, xs: usize, ys: usize, xc: usize, yc: usize, w: usize, bias: usize, columns: i32, next: usize,
): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  let ahead = next;
  const lastEighth = next + load<usize>(block, PANEL_BYTES) - (load<usize>(block, PANEL_BYTES) >> 3);
  let touched = 0;
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
        touched |= load<i32>(ahead);
        ahead += 16;
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
    if (ahead > lastEighth) ahead = next;
  }
  store<i32>(load<usize>(block, TABLES) + TOUCHED, touched);
}

/** 5 positions × 8 channels. `touches`: whether the next panel is. */
@inline
function tiles5x8(
  touches: bool, block: usize, n: i32, taps: usize, end: usize, xs: usize, ys: usize, xc: usize, yc: usize, w: usize, bias: usize, columns: i32, next: usize,
): void {
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  let ahead = next;
  const lastEighth = next + load<usize>(block, PANEL_BYTES) - (load<usize>(block, PANEL_BYTES) >> 3);
  let touched = 0;
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
        const stop = touches ? min(b + STRETCH, last) : last;
        while (true) {
          let p = v128.load(b);
          let q = v128.load(b, 16);
          let s = v128.load32_splat(x0);
          a0 = madd(s, p, a0);
          b0 = madd(s, q, b0);
          s = v128.load32_splat(x1);
          a1 = madd(s, p, a1);
          b1 = madd(s, q, b1);
          if (x0 == stop) break; // never: one is of x, the other of w
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
          if (b == stop) break;
        }
        if (!touches || stop == last) break;
        for (const to = ahead + (STRETCH >> 3); ahead != to; ahead += 64) touched |= load<i32>(ahead);
      }
    }
    finish(load<usize>(ys) + yc, a0, b0, columns, lo, hi);
    finish(load<usize>(ys, 4) + yc, a1, b1, columns, lo, hi);
    finish(load<usize>(ys, 8) + yc, a2, b2, columns, lo, hi);
    finish(load<usize>(ys, 12) + yc, a3, b3, columns, lo, hi);
    finish(load<usize>(ys, 16) + yc, a4, b4, columns, lo, hi);
    xs += 20;
    ys += 20;
    if (touches && ahead > lastEighth) ahead = next;
  }
  if (touches) store<i32>(load<usize>(block, TABLES) + TOUCHED, touched);
}

function tiles5x8Apart(
  block: usize, n: i32, taps: usize, end: usize, xs: usize, ys: usize, xc: usize, yc: usize, w: usize, bias: usize, columns: i32,
): void {
  tiles5x8(false, block, n, taps, end, xs, ys, xc, yc, w, bias, columns, w);
}

function tiles5x8Ahead(
  block: usize, n: i32, taps: usize, end: usize, xs: usize, ys: usize, xc: usize, yc: usize, w: usize, bias: usize, columns: i32, next: usize,
): void {
  tiles5x8(true, block, n, taps, end, xs, ys, xc, yc, w, bias, columns, next);
}

/**
 * `n` positions, whose pointers are at `xs` and `ys`, by whole tiles; `xc`, `yc`: channel byte offsets. Runs of taps are not empty. `next`: the panel
 * that follows. With tiles of 5, touching it costs 2 % where that gains nothing: where panels are short, or shared by many tiles.
 */
export function tiles(
  block: usize, n: i32, taps: usize, end: usize, xs: usize, ys: usize, xc: usize, yc: usize, w: usize, bias: usize, columns: i32, next: usize,
): void {
  if (!goesByFives(n)) {
    tiles4x8(block, n, taps, end, xs, ys, xc, yc, w, bias, columns, next);
  } else if (n <= 60 && load<usize>(block, PANEL_BYTES) >= 2 * STRETCH) {
    tiles5x8Ahead(block, n, taps, end, xs, ys, xc, yc, w, bias, columns, next);
  } else {
    tiles5x8Apart(block, n, taps, end, xs, ys, xc, yc, w, bias, columns);
  }
}
