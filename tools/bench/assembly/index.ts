/**
 * What the machine gives WebAssembly at most: multiply-adds that stay in registers, and loops over memory that do nothing but move it.
 * Built twice: with relaxed SIMD a multiply-add is one instruction.
 */

@inline
function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Rounds of twelve independent multiply-adds of four lanes: 96 floating-point operations each. Returns a sum, so that none is for nothing. */
export function multiplyAdds(rounds: i32): f32 {
  const x = f32x4.splat(0.999999);
  const y = f32x4.splat(0.000001);
  let a0 = f32x4.splat(0.0), a1 = f32x4.splat(0.1), a2 = f32x4.splat(0.2), a3 = f32x4.splat(0.3);
  let a4 = f32x4.splat(0.4), a5 = f32x4.splat(0.5), a6 = f32x4.splat(0.6), a7 = f32x4.splat(0.7);
  let a8 = f32x4.splat(0.8), a9 = f32x4.splat(0.9), a10 = f32x4.splat(1.0), a11 = f32x4.splat(1.1);
  for (let i = 0; i < rounds; i++) {
    a0 = madd(a0, x, y);
    a1 = madd(a1, x, y);
    a2 = madd(a2, x, y);
    a3 = madd(a3, x, y);
    a4 = madd(a4, x, y);
    a5 = madd(a5, x, y);
    a6 = madd(a6, x, y);
    a7 = madd(a7, x, y);
    a8 = madd(a8, x, y);
    a9 = madd(a9, x, y);
    a10 = madd(a10, x, y);
    a11 = madd(a11, x, y);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)), f32x4.add(a4, a5));
  const high = f32x4.add(f32x4.add(f32x4.add(a6, a7), f32x4.add(a8, a9)), f32x4.add(a10, a11));
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}

/**
 * Rounds of a matrix product's inner step, six rows by two vectors, on 8 KiB that stay in the first-level cache: 96 operations each, too. Where
 * multiplying and adding have units of their own, independent products as here come closer to the limit than chains.
 */
export function tiles(rounds: i32): f32 {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let a4 = f32x4.splat(0);
  let a5 = f32x4.splat(0);
  let a6 = f32x4.splat(0);
  let a7 = f32x4.splat(0);
  let a8 = f32x4.splat(0);
  let a9 = f32x4.splat(0);
  let a10 = f32x4.splat(0);
  let a11 = f32x4.splat(0);
  for (let i = 0; i < rounds; i++) {
    const at = __heap_base + ((i & 63) << 6);
    const b0 = v128.load(at);
    const b1 = v128.load(at, 16);
    const x0 = v128.load32_splat(at, 4096);
    a0 = madd(x0, b0, a0);
    a1 = madd(x0, b1, a1);
    const x1 = v128.load32_splat(at, 4100);
    a2 = madd(x1, b0, a2);
    a3 = madd(x1, b1, a3);
    const x2 = v128.load32_splat(at, 4104);
    a4 = madd(x2, b0, a4);
    a5 = madd(x2, b1, a5);
    const x3 = v128.load32_splat(at, 4108);
    a6 = madd(x3, b0, a6);
    a7 = madd(x3, b1, a7);
    const x4 = v128.load32_splat(at, 4112);
    a8 = madd(x4, b0, a8);
    a9 = madd(x4, b1, a9);
    const x5 = v128.load32_splat(at, 4116);
    a10 = madd(x5, b0, a10);
    a11 = madd(x5, b1, a11);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)), f32x4.add(a4, a5));
  const high = f32x4.add(f32x4.add(f32x4.add(a6, a7), f32x4.add(a8, a9)), f32x4.add(a10, a11));
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}

/** `to[i] = from[i]` over `bytes`, a multiple of 64, so many times. */
export function copy(to: usize, from: usize, bytes: usize, times: i32): void {
  for (let t = 0; t < times; t++) {
    for (let i: usize = 0; i < bytes; i += 64) {
      v128.store(to + i, v128.load(from + i));
      v128.store(to + i, v128.load(from + i, 16), 16);
      v128.store(to + i, v128.load(from + i, 32), 32);
      v128.store(to + i, v128.load(from + i, 48), 48);
    }
  }
}

/** `a[i] = b[i] + 3 · c[i]` over `bytes` of each, a multiple of 32, so many times. */
export function triad(a: usize, b: usize, c: usize, bytes: usize, times: i32): void {
  const three = f32x4.splat(3);
  for (let t = 0; t < times; t++) {
    for (let i: usize = 0; i < bytes; i += 32) {
      v128.store(a + i, madd(v128.load(c + i), three, v128.load(b + i)));
      v128.store(a + i, madd(v128.load(c + i, 16), three, v128.load(b + i, 16)), 16);
    }
  }
}

/** The first byte that the module does not use itself. */
export function firstByte(): usize {
  return __heap_base;
}
