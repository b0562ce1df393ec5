/**
 * Rows of a table by index, y[i] = table[index(i)], and the sum of rows back into a table. Indices are cut to integers,
 * negative ones count from the end; an index outside gives a row of NaN, and adds to no row.
 * Block of both: 32 indices, 36 rows of the table, 40 elements of a row.
 */
import { copyRun } from "./copy";
import { storeUpTo } from "./vector";

/** The row that an index means, −1 for none. */
@inline
function rowOf(indices: usize, i: i32, rows: i32): i32 {
  const index = Math.trunc(<f64>load<f32>(indices + (<usize>i << 2)));
  const row = index < 0 ? index + <f64>rows : index;
  return row >= 0 && row < <f64>rows ? <i32>row : -1; // NaN is neither
}

/** Inputs indices, table. */
export function gather(block: usize): void {
  const rows = load<i32>(block, 36);
  const n = load<i32>(block, 40);
  const table = load<usize>(block, 16);
  let y = load<usize>(block);
  for (let i = 0, count = load<i32>(block, 32); i < count; i++) {
    const row = rowOf(load<usize>(block, 12), i, rows);
    if (row >= 0) copyRun(table + ((<usize>row * <usize>n) << 2), y, n);
    else for (let c = 0; c < n; c++) store<f32>(y + (<usize>c << 2), NaN);
    y += <usize>n << 2;
  }
}

/** Inputs indices, dy. */
export function gatherGrad(block: usize): void {
  const rows = load<i32>(block, 36);
  const n = load<i32>(block, 40);
  const table = load<usize>(block);
  let dy = load<usize>(block, 16);
  memory.fill(table, 0, (<usize>rows * <usize>n) << 2);
  for (let i = 0, count = load<i32>(block, 32); i < count; i++) {
    const row = rowOf(load<usize>(block, 12), i, rows);
    if (row >= 0) {
      const to = table + ((<usize>row * <usize>n) << 2);
      for (let c = 0; c < n; c += 4) {
        const at = <usize>c << 2;
        storeUpTo(to + at, f32x4.add(v128.load(to + at), v128.load(dy + at)), n - c);
      }
    }
    dy += <usize>n << 2;
  }
}
