/**
 * y = fn(a, b) with broadcasting. Shapes were collapsed before: an inner run in which each operand either advances or
 * stays, and outer axes with byte strides. The output is dense. Vectors of 4 along the run.
 */
import { offset0, offset1, start, step } from "./odometer";
import { storeUpTo } from "./vector";

@inline
function apply(fn: i32, a: v128, b: v128): v128 {
  if (fn == 0) return f32x4.add(a, b);
  if (fn == 1) return f32x4.sub(a, b);
  if (fn == 2) return f32x4.mul(a, b);
  if (fn == 3) return f32x4.div(a, b);
  if (fn == 4) return f32x4.max(a, b);
  if (fn == 5) return f32x4.min(a, b);
  const one = f32x4.splat(1);
  if (fn == 6) return v128.and(f32x4.gt(a, b), one);
  return v128.and(f32x4.eq(a, b), one);
}

@inline
function run(fn: i32, a: usize, b: usize, y: usize, n: i32, mode: i32): void {
  if (mode == 3) {
    for (; n >= 8; n -= 8) {
      v128.store(y, apply(fn, v128.load(a), v128.load(b)));
      v128.store(y, apply(fn, v128.load(a, 16), v128.load(b, 16)), 16);
      a += 32;
      b += 32;
      y += 32;
    }
    for (; n > 0; n -= 4) {
      storeUpTo(y, apply(fn, v128.load(a), v128.load(b)), n);
      a += 16;
      b += 16;
      y += 16;
    }
  } else if (mode == 1) {
    const right = v128.load32_splat(b);
    for (; n > 0; n -= 4) {
      storeUpTo(y, apply(fn, v128.load(a), right), n);
      a += 16;
      y += 16;
    }
  } else {
    const left = v128.load32_splat(a);
    for (; n > 0; n -= 4) {
      storeUpTo(y, apply(fn, left, v128.load(b)), n);
      b += 16;
      y += 16;
    }
  }
}

@inline
function all(fn: i32, block: usize): void {
  const a = load<usize>(block, 12);
  const b = load<usize>(block, 16);
  let y = load<usize>(block, 0);
  const rows = load<i32>(block, 36);
  const n = load<i32>(block, 40);
  const mode = load<i32>(block, 44);
  const rank = load<i32>(block, 48);
  start();
  for (let r = 0; r < rows; r++) {
    run(fn, a + offset0, b + offset1, y, n, mode);
    y += <usize>n << 2;
    step(block + 52, rank);
  }
}

/** One run: `n` elements of y; `mode` as below. `a` or `b` may be where y is. */
export function binaryRange(fn: i32, a: usize, b: usize, y: usize, n: i32, mode: i32): void {
  switch (fn) {
    case 0:
      return run(0, a, b, y, n, mode);
    case 1:
      return run(1, a, b, y, n, mode);
    case 2:
      return run(2, a, b, y, n, mode);
    case 3:
      return run(3, a, b, y, n, mode);
    case 4:
      return run(4, a, b, y, n, mode);
    case 5:
      return run(5, a, b, y, n, mode);
    case 6:
      return run(6, a, b, y, n, mode);
    default:
      return run(7, a, b, y, n, mode);
  }
}

/** Block: 32 fn, 36 rows, 40 run, 44 mode (1 a advances, 2 b, 3 both), 48 rank, 52 axes. */
export function binary(block: usize): void {
  switch (load<i32>(block, 32)) {
    case 0:
      return all(0, block);
    case 1:
      return all(1, block);
    case 2:
      return all(2, block);
    case 3:
      return all(3, block);
    case 4:
      return all(4, block);
    case 5:
      return all(5, block);
    case 6:
      return all(6, block);
    default:
      return all(7, block);
  }
}
