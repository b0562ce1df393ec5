/**
 * Maximum or mean of windows, channels last: y[o, c] = fn over p in window(o) of x[p, c]. Windows are a product of ranges,
 * one an axis, read from tables. Tiles: 16 or 4 channels of one window in registers.
 *
 * Block: 32 batch, 36 x batch stride, 40 channels, 44 positions d h w of y, 56 window tables d h w, 68 x strides d h w,
 * 80 elements of a row of x. A window of an axis: {byte offset of its first position, positions, 1/positions}, 12 bytes.
 */
import { c4 } from "./math";
import { storeUpTo } from "./vector";

export const BATCH: usize = 32;
export const X_BATCH: usize = 36;
export const CHANNELS: usize = 40;
export const OUT_D: usize = 44;
export const OUT_H: usize = 48;
export const OUT_W: usize = 52;
export const TABLE_D: usize = 56;
export const TABLE_H: usize = 60;
export const TABLE_W: usize = 64;
export const STRIDE_D: usize = 68;
export const STRIDE_H: usize = 72;
export const STRIDE_W: usize = 76;
export const ROW: usize = 80;

/** A window of an axis. */
export const WINDOW_SIZE: usize = 12;
export const COUNT: usize = 4;
export const INVERSE: usize = 8;

/** What a window starts with: a maximum is −inf over nothing, a sum 0. */
@inline
function nothing(isMax: bool): v128 {
  return isMax ? c4(-Infinity) : c4(0);
}

/** The larger (a NaN of x is left to `lost`), or the sum. */
@inline
function joined(isMax: bool, a: v128, x: v128): v128 {
  return isMax ? f32x4.pmax(a, x) : f32x4.add(a, x);
}

/** All ones, which is a NaN, where x is NaN; or-ed together these cost less than a maximum that keeps NaN. */
@inline
function lost(isMax: bool, m: v128, x: v128): v128 {
  return isMax ? v128.or(m, f32x4.ne(x, x)) : m;
}

@inline
function finished(isMax: bool, a: v128, m: v128, scale: v128): v128 {
  return isMax ? v128.or(a, m) : f32x4.mul(a, scale);
}

/** 16 channels (`whole`) or up to 4 of a window of d × h × w positions. */
@inline
function window(
  isMax: bool, whole: bool, block: usize, x: usize, y: usize, d: i32, h: i32, w: i32, scale: v128, n: i32,
): void {
  const sd = load<usize>(block, STRIDE_D);
  const sh = load<usize>(block, STRIDE_H);
  const sw = load<usize>(block, STRIDE_W);
  let a0 = nothing(isMax);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let m0 = c4(0);
  let m1 = m0;
  let m2 = m0;
  let m3 = m0;
  for (; d > 0; d--) {
    let row = x;
    for (let i = h; i > 0; i--) {
      let p = row;
      for (let j = w; j > 0; j--) {
        const x0 = v128.load(p);
        a0 = joined(isMax, a0, x0);
        m0 = lost(isMax, m0, x0);
        if (whole) {
          const x1 = v128.load(p, 16);
          const x2 = v128.load(p, 32);
          const x3 = v128.load(p, 48);
          a1 = joined(isMax, a1, x1);
          a2 = joined(isMax, a2, x2);
          a3 = joined(isMax, a3, x3);
          m1 = lost(isMax, m1, x1);
          m2 = lost(isMax, m2, x2);
          m3 = lost(isMax, m3, x3);
        }
        p += sw;
      }
      row += sh;
    }
    x += sd;
  }
  storeUpTo(y, finished(isMax, a0, m0, scale), n);
  if (whole) {
    v128.store(y, finished(isMax, a1, m1, scale), 16);
    v128.store(y, finished(isMax, a2, m2, scale), 32);
    v128.store(y, finished(isMax, a3, m3, scale), 48);
  }
}

/** A row of y from windows of `d` × `h` rows at `x`; `scale` is that of the rows. */
@inline
function windowRow(isMax: bool, block: usize, x: usize, y: usize, d: i32, h: i32, scale: f32): void {
  const channels = load<i32>(block, CHANNELS);
  const positions = load<i32>(block, OUT_W);
  let range = load<usize>(block, TABLE_W);
  for (let o = 0; o < positions; o++) {
    let from = x + load<usize>(range);
    const w = load<i32>(range, COUNT);
    const s = f32x4.splat(scale * load<f32>(range, INVERSE));
    let c = channels;
    for (; c >= 16; c -= 16) {
      window(isMax, true, block, from, y, d, h, w, s, 4);
      from += 64;
      y += 64;
    }
    for (; c > 0; c -= 4) {
      window(isMax, false, block, from, y, d, h, w, s, c);
      from += 16;
      y += <usize>min(c, 4) << 2;
    }
    range += WINDOW_SIZE;
  }
}

/** `n` elements of `d` × `h` rows, side by side at `y`. */
@inline
function joinRows(isMax: bool, block: usize, x: usize, y: usize, d: i32, h: i32, n: i32): void {
  for (; n >= 16; n -= 16) {
    window(isMax, true, block, x, y, d, h, 1, c4(1), 4);
    x += 64;
    y += 64;
  }
  for (; n > 0; n -= 4) {
    window(isMax, false, block, x, y, d, h, 1, c4(1), n);
    x += 16;
    y += 16;
  }
}

// Direct pooling and pooling by rows share these.

function maximumRow(block: usize, x: usize, y: usize, d: i32, h: i32): void {
  windowRow(true, block, x, y, d, h, 1);
}

function meanRow(block: usize, x: usize, y: usize, d: i32, h: i32, scale: f32): void {
  windowRow(false, block, x, y, d, h, scale);
}

/**
 * All windows. By rows: the rows under a row of windows are joined first, into the workspace, so that overlapping windows
 * share that work.
 */
@inline
function allWindows(isMax: bool, byRows: bool, block: usize): void {
  const batch = load<i32>(block, BATCH);
  const depth = load<i32>(block, OUT_D);
  const height = load<i32>(block, OUT_H);
  const workspace = load<usize>(block, 8);
  const yRow = (<usize>load<i32>(block, OUT_W) * load<usize>(block, CHANNELS)) << 2;
  let y = load<usize>(block);
  for (let n = 0; n < batch; n++) {
    const image = load<usize>(block, 12) + <usize>n * load<usize>(block, X_BATCH);
    let wd = load<usize>(block, TABLE_D);
    for (let d = 0; d < depth; d++) {
      let wh = load<usize>(block, TABLE_H);
      for (let h = 0; h < height; h++) {
        const x = image + load<usize>(wd) + load<usize>(wh);
        const scale = load<f32>(wd, INVERSE) * load<f32>(wh, INVERSE);
        const nd = load<i32>(wd, COUNT);
        const nh = load<i32>(wh, COUNT);
        if (byRows) {
          joinRows(isMax, block, x, workspace, nd, nh, load<i32>(block, ROW));
          if (isMax) maximumRow(block, workspace, y, 1, 1);
          else meanRow(block, workspace, y, 1, 1, scale);
        } else if (isMax) {
          maximumRow(block, x, y, nd, nh);
        } else {
          meanRow(block, x, y, nd, nh, scale);
        }
        y += yRow;
        wh += WINDOW_SIZE;
      }
      wd += WINDOW_SIZE;
    }
  }
}

export function poolMax(block: usize): void {
  allWindows(true, false, block);
}

export function poolMean(block: usize): void {
  allWindows(false, false, block);
}

export function poolMaxRows(block: usize): void {
  allWindows(true, true, block);
}

export function poolMeanRows(block: usize): void {
  allWindows(false, true, block);
}
