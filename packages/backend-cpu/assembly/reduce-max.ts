/**
 * y[a, c] = max_r x[a, r, c], −inf over nothing; a NaN wins. Reductions over several runs of axes are several passes, laid
 * out as in `reduce.ts`. Vectors of 4 along the run that is reduced, or of 16 and 4 neighbouring columns.
 */
import { c4 } from "./math";
import { eachPass } from "./reduce";
import { keepLanes, storeUpTo } from "./vector";

/** Maximum of `n` elements that lie side by side. NaN are kept as all-ones lanes, so that `pmax` will do. */
function maximumRun(x: usize, n: i32): f32 {
  let a = c4(-Infinity);
  let b = a;
  let lost = c4(0);
  for (; n >= 8; n -= 8) {
    const v = v128.load(x);
    const w = v128.load(x, 16);
    a = f32x4.pmax(a, v);
    b = f32x4.pmax(b, w);
    lost = v128.or(lost, v128.or(f32x4.ne(v, v), f32x4.ne(w, w)));
    x += 32;
  }
  for (; n > 0; n -= 4) {
    const v = keepLanes(v128.load(x), c4(-Infinity), min(n, 4));
    a = f32x4.pmax(a, v);
    lost = v128.or(lost, f32x4.ne(v, v));
    x += 16;
  }
  if (v128.any_true(lost)) return NaN;
  a = f32x4.pmax(a, b);
  return max(
    max(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)),
    max(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)),
  );
}

/** 16 neighbouring columns (`whole`) or up to 4. */
@inline
function maximumColumns(whole: bool, x: usize, y: usize, rows: i32, stride: usize, n: i32): void {
  let a0 = c4(-Infinity);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let m0 = c4(0);
  let m1 = m0;
  let m2 = m0;
  let m3 = m0;
  for (; rows > 0; rows--) {
    const x0 = v128.load(x);
    a0 = f32x4.pmax(a0, x0);
    m0 = v128.or(m0, f32x4.ne(x0, x0));
    if (whole) {
      const x1 = v128.load(x, 16);
      const x2 = v128.load(x, 32);
      const x3 = v128.load(x, 48);
      a1 = f32x4.pmax(a1, x1);
      a2 = f32x4.pmax(a2, x2);
      a3 = f32x4.pmax(a3, x3);
      m1 = v128.or(m1, f32x4.ne(x1, x1));
      m2 = v128.or(m2, f32x4.ne(x2, x2));
      m3 = v128.or(m3, f32x4.ne(x3, x3));
    }
    x += stride;
  }
  storeUpTo(y, v128.or(a0, m0), n);
  if (whole) {
    v128.store(y, v128.or(a1, m1), 16);
    v128.store(y, v128.or(a2, m2), 32);
    v128.store(y, v128.or(a3, m3), 48);
  }
}

function pass(x: usize, y: usize, outer: i32, rows: i32, columns: i32, stride: usize, _scale: f64): void {
  for (let a = 0; a < outer; a++) {
    if (stride == 4) {
      store<f32>(y, maximumRun(x, rows));
    } else {
      let c = 0;
      for (; columns - c >= 16; c += 16) {
        const at = <usize>c << 2;
        maximumColumns(true, x + at, y + at, rows, stride, 4);
      }
      for (; c < columns; c += 4) {
        const at = <usize>c << 2;
        maximumColumns(false, x + at, y + at, rows, stride, columns - c);
      }
    }
    x += <usize>rows * stride;
    y += stride;
  }
}

export function reduceMax(block: usize): void {
  eachPass(block, pass);
}
