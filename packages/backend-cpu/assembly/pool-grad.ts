/**
 * Gradients of pooling by its input. A mean is gathered, dx[p, c] = Σ_{o: p in window(o)} dy[o, c] / count(o), in tiles of
 * 16 or 4 channels. A maximum is scattered: each window's dy goes to the first of its largest elements in row-major
 * order, the first NaN counting as largest; tile: 4 channels, whose positions are compared at once.
 */
import {
  BATCH, CHANNELS, COUNT, OUT_D, OUT_H, OUT_W, STRIDE_D, STRIDE_H, STRIDE_W, TABLE_D, TABLE_H, TABLE_W, WINDOW_SIZE,
  X_BATCH,
} from "./pool";
import { c4 } from "./math";
import { madd, storeUpTo } from "./vector";

/** A position's covers: the pointer to the 1/count of their windows, one an axis. */
const SHARES: usize = 8;

/** 16 channels (`whole`) or up to 4 of Σ dy · share over the covers of a position. */
@inline
function gathered(whole: bool, block: usize, dy: usize, dx: usize, wd: usize, wh: usize, ww: usize, n: i32): void {
  const sw = load<usize>(block, STRIDE_W);
  const width = load<i32>(ww, COUNT);
  let a0 = c4(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  for (let d = 0, depth = load<i32>(wd, COUNT); d < depth; d++) {
    const byDepth = load<f32>(load<usize>(wd, SHARES) + (<usize>d << 2));
    for (let h = 0, height = load<i32>(wh, COUNT); h < height; h++) {
      const byRow = byDepth * load<f32>(load<usize>(wh, SHARES) + (<usize>h << 2));
      let p = dy + <usize>d * load<usize>(block, STRIDE_D) + <usize>h * load<usize>(block, STRIDE_H);
      let shares = load<usize>(ww, SHARES);
      for (let w = width; w > 0; w--) {
        const s = f32x4.splat(byRow * load<f32>(shares));
        a0 = madd(v128.load(p), s, a0);
        if (whole) {
          a1 = madd(v128.load(p, 16), s, a1);
          a2 = madd(v128.load(p, 32), s, a2);
          a3 = madd(v128.load(p, 48), s, a3);
        }
        p += sw;
        shares += 4;
      }
    }
  }
  storeUpTo(dx, a0, n);
  if (whole) {
    v128.store(dx, a1, 16);
    v128.store(dx, a2, 32);
    v128.store(dx, a3, 48);
  }
}

/**
 * Block: as in `pool.ts` with dx in the place of y and dy in that of x; a position of an axis: {byte offset of its first
 * window, windows, pointer to their shares}, 12 bytes.
 */
export function poolGradMean(block: usize): void {
  const channels = load<i32>(block, CHANNELS);
  let dx = load<usize>(block);
  for (let n = 0, batch = load<i32>(block, BATCH); n < batch; n++) {
    const image = load<usize>(block, 12) + <usize>n * load<usize>(block, X_BATCH);
    let wd = load<usize>(block, TABLE_D);
    for (let d = load<i32>(block, OUT_D); d > 0; d--) {
      let wh = load<usize>(block, TABLE_H);
      for (let h = load<i32>(block, OUT_H); h > 0; h--) {
        let ww = load<usize>(block, TABLE_W);
        for (let w = load<i32>(block, OUT_W); w > 0; w--) {
          let dy = image + load<usize>(wd) + load<usize>(wh) + load<usize>(ww);
          let c = channels;
          for (; c >= 16; c -= 16) {
            gathered(true, block, dy, dx, wd, wh, ww, 4);
            dy += 64;
            dx += 64;
          }
          for (; c > 0; c -= 4) {
            gathered(false, block, dy, dx, wd, wh, ww, c);
            dy += 16;
            dx += <usize>min(c, 4) << 2;
          }
          ww += WINDOW_SIZE;
        }
        wh += WINDOW_SIZE;
      }
      wd += WINDOW_SIZE;
    }
  }
}

/** The byte offsets, from the window's first position, of the first largest of 4 channels. */
@inline
function firstLargest(block: usize, x: usize, d: i32, h: i32, w: i32): v128 {
  const sd = load<usize>(block, STRIDE_D);
  const sh = load<usize>(block, STRIDE_H);
  const sw = load<usize>(block, STRIDE_W);
  let best = v128.load(x);
  let where = i32x4.splat(0);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < h; j++) {
      let at = <usize>i * sd + <usize>j * sh;
      for (let k = w; k > 0; k--) {
        const v = v128.load(x + at);
        // Not v ≤ best: larger, or one of them NaN; a NaN that is best already stays.
        const better = v128.andnot(f32x4.eq(best, best), f32x4.le(v, best));
        best = v128.bitselect(v, best, better);
        where = v128.bitselect(i32x4.splat(<i32>at), where, better);
        at += sw;
      }
    }
  }
  return where;
}

@inline
function addTo(dx: usize, dy: usize): void {
  store<f32>(dx, load<f32>(dx) + load<f32>(dy));
}

/** Block: as in `pool.ts`, and 84 elements of dx. Inputs dy, x. */
export function poolGradMax(block: usize): void {
  const dx = load<usize>(block);
  const x = load<usize>(block, 16);
  const channels = load<i32>(block, CHANNELS);
  let dy = load<usize>(block, 12);
  memory.fill(dx, 0, load<usize>(block, 84) << 2);
  for (let n = 0, batch = load<i32>(block, BATCH); n < batch; n++) {
    const image = <usize>n * load<usize>(block, X_BATCH);
    let wd = load<usize>(block, TABLE_D);
    for (let d = load<i32>(block, OUT_D); d > 0; d--) {
      let wh = load<usize>(block, TABLE_H);
      for (let h = load<i32>(block, OUT_H); h > 0; h--) {
        let ww = load<usize>(block, TABLE_W);
        for (let w = load<i32>(block, OUT_W); w > 0; w--) {
          let at = image + load<usize>(wd) + load<usize>(wh) + load<usize>(ww);
          for (let c = channels; c > 0; c -= 4) {
            const where = firstLargest(block, x + at, load<i32>(wd, COUNT), load<i32>(wh, COUNT), load<i32>(ww, COUNT));
            addTo(dx + at + <usize>i32x4.extract_lane(where, 0), dy);
            if (c > 1) addTo(dx + at + 4 + <usize>i32x4.extract_lane(where, 1), dy + 4);
            if (c > 2) addTo(dx + at + 8 + <usize>i32x4.extract_lane(where, 2), dy + 8);
            if (c > 3) addTo(dx + at + 12 + <usize>i32x4.extract_lane(where, 3), dy + 12);
            at += 16;
            dy += <usize>min(c, 4) << 2;
          }
          ww += WINDOW_SIZE;
        }
        wh += WINDOW_SIZE;
      }
      wd += WINDOW_SIZE;
    }
  }
}
