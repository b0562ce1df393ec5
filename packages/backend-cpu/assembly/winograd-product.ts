/**
 * The matrix products inside Winograd's algorithms, from transformed inputs V [tiles][inputs], `stride` bytes apart, and a panel [inputs][8] to
 * M [tiles][8]. Their tiles, and why they look as they do, are those of gemm-tiles.
 */
import { goesByFives } from "./gemm-tiles";
import { madd } from "./vector";

/** 4 tiles × 8 channels. */
@inline
function product4x8(x0: usize, stride: usize, b: usize, inputs: i32, m: usize): void {
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  let x1 = x0 + stride;
  let x2 = x1 + stride;
  let x3 = x2 + stride;
  const last = b + (<usize>inputs << 5);
  while (true) {
    let p = v128.load(b);
    let q = v128.load(b, 16);
    let s = v128.load32_splat(x0);
    a0 = madd(s, p, a0);
    b0 = madd(s, q, b0);
    s = v128.load32_splat(x1);
    a1 = madd(s, p, a1);
    b1 = madd(s, q, b1);
    s = v128.load32_splat(x2);
    a2 = madd(s, p, a2);
    b2 = madd(s, q, b2);
    s = v128.load32_splat(x3);
    a3 = madd(s, p, a3);
    b3 = madd(s, q, b3);
    if (b + 32 == last) break;
    p = v128.load(b, 32);
    q = v128.load(b, 48);
    s = v128.load32_splat(x0, 4);
    a0 = madd(s, p, a0);
    b0 = madd(s, q, b0);
    s = v128.load32_splat(x1, 4);
    a1 = madd(s, p, a1);
    b1 = madd(s, q, b1);
    s = v128.load32_splat(x2, 4);
    a2 = madd(s, p, a2);
    b2 = madd(s, q, b2);
    s = v128.load32_splat(x3, 4);
    a3 = madd(s, p, a3);
    b3 = madd(s, q, b3);
    if (b + 64 == last) break;
    p = v128.load(b, 64);
    q = v128.load(b, 80);
    s = v128.load32_splat(x0, 8);
    a0 = madd(s, p, a0);
    b0 = madd(s, q, b0);
    s = v128.load32_splat(x1, 8);
    a1 = madd(s, p, a1);
    b1 = madd(s, q, b1);
    s = v128.load32_splat(x2, 8);
    a2 = madd(s, p, a2);
    b2 = madd(s, q, b2);
    s = v128.load32_splat(x3, 8);
    a3 = madd(s, p, a3);
    b3 = madd(s, q, b3);
    if (b + 96 == last) break;
    p = v128.load(b, 96);
    q = v128.load(b, 112);
    s = v128.load32_splat(x0, 12);
    a0 = madd(s, p, a0);
    b0 = madd(s, q, b0);
    s = v128.load32_splat(x1, 12);
    a1 = madd(s, p, a1);
    b1 = madd(s, q, b1);
    s = v128.load32_splat(x2, 12);
    a2 = madd(s, p, a2);
    b2 = madd(s, q, b2);
    s = v128.load32_splat(x3, 12);
    a3 = madd(s, p, a3);
    b3 = madd(s, q, b3);
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
    b += 128;
    if (b == last) break;
  }
  v128.store(m, a0);
  v128.store(m, b0, 16);
  v128.store(m, a1, 32);
  v128.store(m, b1, 48);
  v128.store(m, a2, 64);
  v128.store(m, b2, 80);
  v128.store(m, a3, 96);
  v128.store(m, b3, 112);
}

/** 5 tiles × 8 channels. */
@inline
function product5x8(x0: usize, stride: usize, b: usize, inputs: i32, m: usize): void {
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  let a4 = a0;
  let b4 = a0;
  let x1 = x0 + stride;
  let x2 = x1 + stride;
  let x3 = x2 + stride;
  let x4 = x3 + stride;
  const last = b + (<usize>inputs << 5);
  while (true) {
    let p = v128.load(b);
    let q = v128.load(b, 16);
    let s = v128.load32_splat(x0);
    a0 = madd(s, p, a0);
    b0 = madd(s, q, b0);
    s = v128.load32_splat(x1);
    a1 = madd(s, p, a1);
    b1 = madd(s, q, b1);
    if (x0 == last) break; // never: one is of V, the other of the panel
    s = v128.load32_splat(x2);
    a2 = madd(s, p, a2);
    b2 = madd(s, q, b2);
    s = v128.load32_splat(x3);
    a3 = madd(s, p, a3);
    b3 = madd(s, q, b3);
    s = v128.load32_splat(x4);
    a4 = madd(s, p, a4);
    b4 = madd(s, q, b4);
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    x4 += 4;
    b += 32;
    if (b == last) break;
  }
  v128.store(m, a0);
  v128.store(m, b0, 16);
  v128.store(m, a1, 32);
  v128.store(m, b1, 48);
  v128.store(m, a2, 64);
  v128.store(m, b2, 80);
  v128.store(m, a3, 96);
  v128.store(m, b3, 112);
  v128.store(m, a4, 128);
  v128.store(m, b4, 144);
}

/** `n` tiles, and what comes after them up to a whole multiple of 4 or 5. */
export function products(v: usize, stride: usize, b: usize, inputs: i32, m: usize, n: i32): void {
  if (inputs == 0) {
    memory.fill(m, 0, n << 5); // the rows c of kernels that are cut in runs of 2 only
    return;
  }
  if (goesByFives(n)) {
    for (; n > 0; n -= 5) {
      product5x8(v, stride, b, inputs, m);
      v += 5 * stride;
      m += 160;
    }
  } else {
    for (; n > 0; n -= 4) {
      product4x8(v, stride, b, inputs, m);
      v += 4 * stride;
      m += 128;
    }
  }
}
