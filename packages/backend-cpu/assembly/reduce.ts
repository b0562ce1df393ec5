/**
 * y[a, c] = scale · Σ_r x[a, r, c]. Float lanes add at most 16 terms, then go to doubles, so the error stays near one
 * rounding whatever the length. Reductions over several runs of axes are several passes.
 */
import { storeUpTo } from "./vector";

/** Sum of `n` ≥ 1 elements that lie side by side. */
function sumRun(x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let top = low;
  while (n >= 4) {
    let part = v128.load(x);
    let more = v128.splat<f32>(0);
    x += 16;
    n -= 4;
    for (let i = 0; i < 7 && n >= 8; i++) {
      part = f32x4.add(part, v128.load(x));
      more = f32x4.add(more, v128.load(x, 16));
      x += 32;
      n -= 8;
    }
    part = f32x4.add(part, more);
    low = f64x2.add(low, f64x2.promote_low_f32x4(part));
    top = f64x2.add(top, high(part));
  }
  low = f64x2.add(low, top);
  let sum = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
  for (; n > 0; n--) {
    sum += <f64>load<f32>(x);
    x += 4;
  }
  return sum;
}

@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
}

@inline
function scaled(low: v128, top: v128, s: v128): v128 {
  const a = f32x4.demote_f64x2_zero(f64x2.mul(low, s));
  return v128.shuffle<f32>(a, f32x4.demote_f64x2_zero(f64x2.mul(top, s)), 0, 1, 4, 5);
}

/** Sixteen neighbouring columns, a cache line a row. */
function sumColumns16(x: usize, y: usize, rows: i32, stride: usize, scale: f64): void {
  let l0 = f64x2.splat(0);
  let h0 = l0;
  let l1 = l0;
  let h1 = l0;
  let l2 = l0;
  let h2 = l0;
  let l3 = l0;
  let h3 = l0;
  while (rows > 0) {
    let a = v128.load(x);
    let b = v128.load(x, 16);
    let c = v128.load(x, 32);
    let d = v128.load(x, 48);
    x += stride;
    rows--;
    for (let i = 0; i < 15 && rows > 0; i++) {
      a = f32x4.add(a, v128.load(x));
      b = f32x4.add(b, v128.load(x, 16));
      c = f32x4.add(c, v128.load(x, 32));
      d = f32x4.add(d, v128.load(x, 48));
      x += stride;
      rows--;
    }
    l0 = f64x2.add(l0, f64x2.promote_low_f32x4(a));
    h0 = f64x2.add(h0, high(a));
    l1 = f64x2.add(l1, f64x2.promote_low_f32x4(b));
    h1 = f64x2.add(h1, high(b));
    l2 = f64x2.add(l2, f64x2.promote_low_f32x4(c));
    h2 = f64x2.add(h2, high(c));
    l3 = f64x2.add(l3, f64x2.promote_low_f32x4(d));
    h3 = f64x2.add(h3, high(d));
  }
  const s = f64x2.splat(scale);
  v128.store(y, scaled(l0, h0, s));
  v128.store(y, scaled(l1, h1, s), 16);
  v128.store(y, scaled(l2, h2, s), 32);
  v128.store(y, scaled(l3, h3, s), 48);
}

/** Four neighbouring columns: Σ_r x[r·stride], times scale. */
@inline
function sumColumns(x: usize, rows: i32, stride: usize, scale: f64): v128 {
  let low = f64x2.splat(0);
  let top = low;
  while (rows > 0) {
    let part = v128.load(x);
    x += stride;
    rows--;
    for (let i = 0; i < 15 && rows > 0; i++) {
      part = f32x4.add(part, v128.load(x));
      x += stride;
      rows--;
    }
    low = f64x2.add(low, f64x2.promote_low_f32x4(part));
    top = f64x2.add(top, high(part));
  }
  return scaled(low, top, f64x2.splat(scale));
}

function pass(x: usize, y: usize, outer: i32, rows: i32, columns: i32, stride: usize, scale: f64): void {
  if (stride == 4) {
    for (let a = 0; a < outer; a++) {
      store<f32>(y, <f32>(rows > 0 ? sumRun(x, rows) * scale : 0.0 * scale));
      x += <usize>rows << 2;
      y += 4;
    }
    return;
  }
  for (let a = 0; a < outer; a++) {
    let c = 0;
    for (; columns - c >= 16; c += 16) {
      const at = <usize>c << 2;
      sumColumns16(x + at, y + at, rows, stride, scale);
    }
    for (; c < columns; c += 4) {
      const at = <usize>c << 2;
      storeUpTo(y + at, sumColumns(x + at, rows, stride, scale), columns - c);
    }
    x += <usize>rows * stride;
    y += stride;
  }
}

/**
 * Block: 32 passes, then 28 bytes each from 40: outer, rows, columns, scale (f32), from and to (0 input or output,
 * 1 workspace, 2 workspace + the byte offset at 36), and the bytes from row to row, which are more than its columns where a call is a
 * part of them.
 */
export function eachPass(
  block: usize,
  pass: (x: usize, y: usize, outer: i32, rows: i32, columns: i32, stride: usize, scale: f64) => void,
): void {
  const count = load<i32>(block, 32);
  const workspace = load<usize>(block, 8);
  const second = workspace + load<usize>(block, 36);
  let p = block + 40;
  for (let i = 0; i < count; i++) {
    const from = load<i32>(p, 16);
    const to = load<i32>(p, 20);
    pass(
      from == 0 ? load<usize>(block, 12) : from == 1 ? workspace : second,
      to == 0 ? load<usize>(block) : to == 1 ? workspace : second,
      load<i32>(p),
      load<i32>(p, 4),
      load<i32>(p, 8),
      load<usize>(p, 24),
      <f64>load<f32>(p, 12),
    );
    p += 28;
  }
}

export function reduce(block: usize): void {
  eachPass(block, pass);
}
