/**
 * y = condition ≠ 0 ? a : b with broadcasting (NaN ≠ 0). Shapes were collapsed before: an inner run in which each operand
 * either advances or stays, and outer axes with byte strides. The output is dense. Vectors of 4 along the run.
 */
import { c4 } from "./math";
import { offset0, offset1, offset2, start, step } from "./odometer";
import { select, storeUpTo } from "./vector";

@inline
function chosen(condition: v128, a: v128, b: v128): v128 {
  return select(f32x4.ne(condition, c4(0)), a, b);
}

/** All three advance. */
function runTogether(condition: usize, a: usize, b: usize, y: usize, n: i32): void {
  for (; n >= 8; n -= 8) {
    v128.store(y, chosen(v128.load(condition), v128.load(a), v128.load(b)));
    v128.store(y, chosen(v128.load(condition, 16), v128.load(a, 16), v128.load(b, 16)), 16);
    condition += 32;
    a += 32;
    b += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storeUpTo(y, chosen(v128.load(condition), v128.load(a), v128.load(b)), n);
    condition += 16;
    a += 16;
    b += 16;
    y += 16;
  }
}

/** Those that stay are read once. */
function runMixed(condition: usize, a: usize, b: usize, y: usize, n: i32, mode: i32): void {
  let vc = v128.load32_splat(condition);
  let va = v128.load32_splat(a);
  let vb = v128.load32_splat(b);
  for (let at: usize = 0; n > 0; n -= 4) {
    if (mode & 1) vc = v128.load(condition + at);
    if (mode & 2) va = v128.load(a + at);
    if (mode & 4) vb = v128.load(b + at);
    storeUpTo(y + at, chosen(vc, va, vb), n);
    at += 16;
  }
}

/** Block: 32 rows, 36 run, 40 mode (1 condition advances, 2 a, 4 b), 44 rank, 48 axes. */
export function selectRuns(block: usize): void {
  const condition = load<usize>(block, 12);
  const a = load<usize>(block, 16);
  const b = load<usize>(block, 20);
  const rows = load<i32>(block, 32);
  const n = load<i32>(block, 36);
  const mode = load<i32>(block, 40);
  let y = load<usize>(block);
  start();
  for (let r = 0; r < rows; r++) {
    if (mode == 7) runTogether(condition + offset0, a + offset1, b + offset2, y, n);
    else runMixed(condition + offset0, a + offset1, b + offset2, y, n, mode);
    y += <usize>n << 2;
    step(block + 48, load<i32>(block, 44));
  }
}
