/**
 * Dense and grouped convolution and transposed convolution as a matrix product without im2col:
 * y[p, f] = act(bias[f] + Σ_taps Σ_c x[p + tap, c] · w[tap, c, f]).
 * A rows are pointers into x (one an output position), B is packed in panels [ceil(outC/8)][taps·inC][8], zero-padded.
 * Tiles are those of gemm-tiles; 6×8 was slower, for want of registers.
 * Neighbouring taps of a row are one run, so a 1-D or pointwise convolution is a single long dot product a tile.
 */
import {
  complete, BATCH, BIAS, boxTaps, CHANNELS_OUT, COUNT, GROUP_IN, GROUP_OUT, GROUPS, isIncomplete, HIGH, LOW, PANEL_BYTES,
  TABLES, TAP_SIZE, TAPS, walkBoxes, WHOLE, X_BATCH, X_START, X_STEP, Y_BATCH, Y_START, Y_STEP,
} from "./conv-box";
import { finish, TILE, tiles } from "./gemm-tiles";
import { clamp, madd, storeUpTo } from "./vector";

/** Positions a block: their inputs stay in L2 while all panels pass over them. A multiple of 4 and 5. */
const BLOCK = 100;
/** Bytes of a table of pointers; that of y follows that of x. */
const TABLE_BYTES: usize = 4 * (100 + 8);

/** 4 positions × the first 4 channels of a panel, for groups of few outputs: even and odd input channels apart. */
function tile4x4(
  block: usize, taps: usize, end: usize, xs: usize, ys: usize, xc: usize, yc: usize, w: usize, bias: usize, columns: i32,
): void {
  let a0 = v128.load(bias);
  let b0 = f32x4.splat(0);
  let a1 = a0;
  let b1 = b0;
  let a2 = a0;
  let b2 = b0;
  let a3 = a0;
  let b3 = b0;
  for (; taps != end; taps += TAP_SIZE) {
    const offset = xc + load<usize>(taps);
    let x0 = load<usize>(xs) + offset;
    let x1 = load<usize>(xs, 4) + offset;
    let x2 = load<usize>(xs, 8) + offset;
    let x3 = load<usize>(xs, 12) + offset;
    let b = w + load<usize>(taps, 4);
    let n = load<i32>(taps, 8);
    for (; n >= 2; n -= 2) {
      const p = v128.load(b);
      const q = v128.load(b, 32);
      a0 = madd(v128.load32_splat(x0), p, a0);
      b0 = madd(v128.load32_splat(x0, 4), q, b0);
      a1 = madd(v128.load32_splat(x1), p, a1);
      b1 = madd(v128.load32_splat(x1, 4), q, b1);
      if (x0 == b) break; // never: see gemm-tiles
      a2 = madd(v128.load32_splat(x2), p, a2);
      b2 = madd(v128.load32_splat(x2, 4), q, b2);
      a3 = madd(v128.load32_splat(x3), p, a3);
      b3 = madd(v128.load32_splat(x3, 4), q, b3);
      x0 += 8;
      x1 += 8;
      x2 += 8;
      x3 += 8;
      b += 64;
    }
    if (n > 0) {
      const p = v128.load(b);
      a0 = madd(v128.load32_splat(x0), p, a0);
      a1 = madd(v128.load32_splat(x1), p, a1);
      a2 = madd(v128.load32_splat(x2), p, a2);
      a3 = madd(v128.load32_splat(x3), p, a3);
    }
  }
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  storeUpTo(load<usize>(ys) + yc, clamp(f32x4.add(a0, b0), lo, hi), columns);
  storeUpTo(load<usize>(ys, 4) + yc, clamp(f32x4.add(a1, b1), lo, hi), columns);
  storeUpTo(load<usize>(ys, 8) + yc, clamp(f32x4.add(a2, b2), lo, hi), columns);
  storeUpTo(load<usize>(ys, 12) + yc, clamp(f32x4.add(a3, b3), lo, hi), columns);
}

/** One position × 8 channels, two sums a channel to hide the latency of adding. */
function tile1x8(
  block: usize, taps: usize, end: usize, xs: usize, ys: usize, xc: usize, yc: usize, w: usize, bias: usize, columns: i32,
): void {
  let a0 = v128.load(bias);
  let b0 = v128.load(bias, 16);
  let a1 = f32x4.splat(0);
  let b1 = a1;
  for (; taps != end; taps += TAP_SIZE) {
    let x = load<usize>(xs) + xc + load<usize>(taps);
    let b = w + load<usize>(taps, 4);
    let n = load<i32>(taps, 8);
    for (; n >= 2; n -= 2) {
      let s = v128.load32_splat(x);
      a0 = madd(s, v128.load(b), a0);
      b0 = madd(s, v128.load(b, 16), b0);
      s = v128.load32_splat(x, 4);
      a1 = madd(s, v128.load(b, 32), a1);
      b1 = madd(s, v128.load(b, 48), b1);
      x += 8;
      b += 64;
    }
    if (n > 0) {
      const s = v128.load32_splat(x);
      a0 = madd(s, v128.load(b), a0);
      b0 = madd(s, v128.load(b, 16), b0);
    }
  }
  const lo = v128.load32_splat(block, LOW);
  const hi = v128.load32_splat(block, HIGH);
  finish(load<usize>(ys) + yc, f32x4.add(a0, a1), f32x4.add(b0, b1), columns, lo, hi);
}

/** Pointers of positions [begin, begin + n) of a box, batch outermost, to the block's room; the last is repeated to the end of a tile. */
function fillTables(block: usize, sd: usize, sh: usize, sw: usize, begin: i32, n: i32): void {
  const cd = load<i32>(sd, COUNT);
  const ch = load<i32>(sh, COUNT);
  const cw = load<i32>(sw, COUNT);
  let w = begin % cw;
  let rest = begin / cw;
  let h = rest % ch;
  rest /= ch;
  let d = rest % cd;
  let image = rest / cd;
  let to = load<usize>(block, TABLES);
  let x: usize = 0;
  let y: usize = 0;
  while (n > 0) {
    x = load<usize>(block, 12) + image * load<i32>(block, X_BATCH) + load<i32>(sd, X_START) + load<i32>(sh, X_START) +
      load<i32>(sw, X_START) + d * load<i32>(sd, X_STEP) + h * load<i32>(sh, X_STEP) + w * load<i32>(sw, X_STEP);
    y = load<usize>(block) + image * load<i32>(block, Y_BATCH) + load<i32>(sd, Y_START) + load<i32>(sh, Y_START) +
      load<i32>(sw, Y_START) + d * load<i32>(sd, Y_STEP) + h * load<i32>(sh, Y_STEP) + w * load<i32>(sw, Y_STEP);
    const run = min(n, cw - w);
    for (let i = 0; i < run; i++) {
      store<usize>(to, x);
      store<usize>(to + TABLE_BYTES, y);
      x += load<usize>(sw, X_STEP);
      y += load<usize>(sw, Y_STEP);
      to += 4;
    }
    n -= run;
    w = 0;
    if (++h == ch) {
      h = 0;
      if (++d == cd) {
        d = 0;
        image++;
      }
    }
  }
  for (let i = 0; i < TILE - 1; i++) {
    store<usize>(to, load<usize>(to - 4));
    store<usize>(to + TABLE_BYTES, load<usize>(to + TABLE_BYTES - 4));
    to += 4;
  }
}

/** All output channels of the `n` positions in the tables. `single`: of a box that has no other. */
function panels(block: usize, taps: usize, end: usize, n: i32, single: bool): void {
  const xs = load<usize>(block, TABLES);
  const ys = xs + TABLE_BYTES;
  const groups = load<i32>(block, GROUPS);
  const outputs = load<i32>(block, GROUP_OUT);
  const panelBytes = load<usize>(block, PANEL_BYTES);
  let bias = load<usize>(block, 4) + load<usize>(block, BIAS);
  let xc: usize = 0;
  let yc: usize = 0;
  let w = load<usize>(block, 4);
  for (let g = 0; g < groups; g++) {
    for (let f = 0; f < outputs; f += 8) {
      const columns = min(8, outputs - f);
      // The last tile repeats a position: its sums are added in another order one by one, and how a box was cut must not show.
      if (single) {
        tile1x8(block, taps, end, xs, ys, xc, yc, w, bias, columns);
      } else if (columns > 4) {
        tiles(block, n, taps, end, xs, ys, xc, yc, w, bias, columns, f + 8 < outputs ? w + panelBytes : w);
      } else {
        for (let at: usize = 0; at < <usize>n << 2; at += 16) {
          tile4x4(block, taps, end, xs + at, ys + at, xc, yc, w, bias, columns);
        }
      }
      w += panelBytes;
      bias += 32;
      yc += <usize>columns << 2;
    }
    xc += load<usize>(block, GROUP_IN) << 2;
  }
}

function box(block: usize, sd: usize, sh: usize, sw: usize): void {
  const taps = load<usize>(block, TAPS);
  const count = load<i32>(block, GROUP_IN) > 0 ? boxTaps(block, sd, sh, sw) : 0;
  const end = taps + <usize>count * TAP_SIZE;
  const total = load<i32>(block, BATCH) * load<i32>(sd, COUNT) * load<i32>(sh, COUNT) * load<i32>(sw, COUNT);
  const single = load<i32>(block, BATCH) * load<i32>(sd, WHOLE) * load<i32>(sh, WHOLE) * load<i32>(sw, WHOLE) == 1;
  const channels = load<i32>(block, CHANNELS_OUT);
  const ys = load<usize>(block, TABLES) + TABLE_BYTES;
  for (let begin = 0; begin < total; begin += BLOCK) {
    const n = min(BLOCK, total - begin);
    fillTables(block, sd, sh, sw, begin, n);
    panels(block, taps, end, n, single);
    if (isIncomplete(block)) {
      for (let i = 0; i < n; i++) complete(block, load<usize>(ys + (<usize>i << 2)), channels);
    }
  }
}

export function convGemm(block: usize): void {
  walkBoxes(block, box);
}
