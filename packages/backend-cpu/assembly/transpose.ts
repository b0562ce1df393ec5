/**
 * y.shape[i] = x.shape[perm[i]] where the last axis moves: outer axes at byte strides around a swap of two axes,
 * y[c][r] = x[r][c], in 4×4 register blocks inside tiles of 64 columns. x is dense along c, y along r.
 */
import { offset0, offset1, start, step } from "./odometer";
import { storeUpTo } from "./vector";

/** Up to 4 rows of x at `x`, `columns` of them, into columns of y. */
@inline
function strip(x: usize, y: usize, xs: usize, ys: usize, rows: i32, columns: i32): void {
  const x1 = rows > 1 ? x + xs : x;
  const x2 = rows > 2 ? x + 2 * xs : x;
  const x3 = rows > 3 ? x + 3 * xs : x;
  let i: usize = 0;
  for (; columns > 0; columns -= 4) {
    const a = v128.load(x + i);
    const b = v128.load(x1 + i);
    const c = v128.load(x2 + i);
    const d = v128.load(x3 + i);
    i += 16;
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    storeUpTo(y, v128.shuffle<f64>(ab, cd, 0, 2), rows);
    if (columns > 1) storeUpTo(y + ys, v128.shuffle<f64>(ab, cd, 1, 3), rows);
    if (columns > 2) storeUpTo(y + 2 * ys, v128.shuffle<f64>(abHigh, cdHigh, 0, 2), rows);
    if (columns > 3) storeUpTo(y + 3 * ys, v128.shuffle<f64>(abHigh, cdHigh, 1, 3), rows);
    y += 4 * ys;
  }
}

function swap(x: usize, y: usize, xs: usize, ys: usize, rows: i32, columns: i32): void {
  for (let c = 0; c < columns; c += 64) {
    const width = min(64, columns - c);
    for (let r = 0; r < rows; r += 4) {
      const from = x + <usize>r * xs + (<usize>c << 2);
      const to = y + <usize>c * ys + (<usize>r << 2);
      if (rows - r >= 4) strip(from, to, xs, ys, 4, width);
      else strip(from, to, xs, ys, rows - r, width);
    }
  }
}

/** Block: 32 swaps, 36 rows, 40 columns, 44 x row stride, 48 y row stride (bytes), 52 rank, 56 axes. */
export function transpose(block: usize): void {
  const x = load<usize>(block, 12);
  const y = load<usize>(block, 0);
  const count = load<i32>(block, 32);
  const rank = load<i32>(block, 52);
  start();
  for (let i = 0; i < count; i++) {
    swap(
      x + offset0,
      y + offset1,
      load<usize>(block, 44),
      load<usize>(block, 48),
      load<i32>(block, 36),
      load<i32>(block, 40),
    );
    step(block + 56, rank);
  }
}
