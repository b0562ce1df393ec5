import { madd } from "./vector";

/**
 * The matrix product inside Winograd's algorithms: 4 tiles × 8 channels from transformed inputs V [tiles][inputs], `stride` bytes apart, and a
 * panel [inputs][8], to M [tiles][8].
 */
@inline
export function product4x8(x: usize, stride: usize, b: usize, inputs: i32, m: usize): void {
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  let x1 = x + stride;
  let x2 = x1 + stride;
  let x3 = x2 + stride;
  for (let n = inputs; n > 0; n--) {
    const p = v128.load(b);
    const q = v128.load(b, 16);
    let s = v128.load32_splat(x);
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
    x += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    b += 32;
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
