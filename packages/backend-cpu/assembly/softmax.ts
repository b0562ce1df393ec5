/**
 * y = e^(x − max)/Σ or x − max − ln Σ over rows of the last axis, dense [rows, n]. Vectors of 4 along the row; sums of
 * exponentials in float lanes.
 */
import { c4, expNegative4, log4 } from "./math";
import { keepLanes, storePart, storeUpTo, sumLanes } from "./vector";

/** NaN are passed over: they come back with the sum of exponentials. */
function rowMaximum(x: usize, n: i32): f32 {
  let a = c4(-Infinity);
  let b = a;
  for (; n >= 8; n -= 8) {
    a = f32x4.pmax(a, v128.load(x));
    b = f32x4.pmax(b, v128.load(x, 16));
    x += 32;
  }
  for (; n > 0; n -= 4) {
    a = f32x4.pmax(a, keepLanes(v128.load(x), c4(-Infinity), min(n, 4)));
    x += 16;
  }
  a = f32x4.pmax(a, b);
  return max(
    max(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)),
    max(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)),
  );
}

/** Σ e^(x − m); the exponentials go to y where `keep`. */
@inline
function sumExponentials(x: usize, y: usize, n: i32, m: v128, keep: bool): f32 {
  let sum = c4(0);
  // Without a branch in the loop, the constants of `expNegative4` stay in registers.
  for (; n >= 4; n -= 4) {
    const e = expNegative4(f32x4.sub(v128.load(x), m));
    sum = f32x4.add(sum, e);
    if (keep) v128.store(y, e);
    x += 16;
    y += 16;
  }
  if (n > 0) {
    const e = keepLanes(expNegative4(f32x4.sub(v128.load(x), m)), c4(0), n);
    sum = f32x4.add(sum, e);
    if (keep) storePart(y, e, n);
  }
  return sumLanes(sum);
}

/** Block: 32 rows, 36 row length, 40 log. */
export function softmax(block: usize): void {
  let x = load<usize>(block, 12);
  let y = load<usize>(block);
  const rows = load<i32>(block, 32);
  const n = load<i32>(block, 36);
  const log = load<i32>(block, 40) != 0;
  for (let r = 0; r < rows; r++) {
    const m = c4(rowMaximum(x, n));
    if (log) {
      const ln = log4(c4(sumExponentials(x, y, n, m, false)));
      for (let i = 0; i < n; i += 4) {
        const at = <usize>i << 2;
        storeUpTo(y + at, f32x4.sub(f32x4.sub(v128.load(x + at), m), ln), n - i);
      }
    } else {
      const sum = c4(sumExponentials(x, y, n, m, true));
      let at = y;
      let left = n;
      for (; left >= 4; left -= 4) {
        v128.store(at, f32x4.div(v128.load(at), sum));
        at += 16;
      }
      if (left > 0) storePart(at, f32x4.div(v128.load(at), sum), left);
    }
    x += <usize>n << 2;
    y += <usize>n << 2;
  }
}
