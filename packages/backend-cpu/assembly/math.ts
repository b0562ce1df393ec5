/**
 * Transcendental functions on four float32 lanes, within 1 to 3 units in the last place: the range reductions and most
 * polynomials of Cephes (expf, logf), fits of our own for sigmoid and tanh, and one of the scaled normal tail for gelu.
 */
import { madd, select } from "./vector";

@inline
export function c4(x: f32): v128 {
  return f32x4.splat(x);
}

const LOG2_E: f32 = 1.44269504088896341;

/** 1.5·2²³: a number that is small beside it, added, is rounded to an integer, half to even, in the lowest bits of the sum. */
const ROUNDER: f32 = 12582912;

/** The integer nearest to x·factor, in `f32` bits with those of the rounder above it. */
@inline
function rounded(x: v128, factor: f32, rounder: f32 = ROUNDER): v128 {
  return madd(x, c4(factor), c4(rounder));
}

/** 2ⁿ·v for n of `rounded` in [−252, 254], as two factors so that neither overflows. */
@inline
function scale2(v: v128, n: v128): v128 {
  const whole = i32x4.sub(n, c4(ROUNDER));
  const half = i32x4.shr_s(whole, 1);
  const bias = i32x4.splat(127);
  return f32x4.mul(
    f32x4.mul(v, i32x4.shl(i32x4.add(half, bias), 23)),
    i32x4.shl(i32x4.add(i32x4.sub(whole, half), bias), 23),
  );
}

/** x − n·ln 2, in two steps so that the first is exact. */
@inline
function reduced(x: v128, n: v128): v128 {
  return madd(n, c4(2.12194440e-4), madd(n, c4(-0.693359375), x));
}

/** eʳ − 1 − r for |r| ≤ ln 2 / 2. */
@inline
function expTail(r: v128): v128 {
  let p = madd(c4(1.98756915e-4), r, c4(1.3981999507e-3));
  p = madd(p, r, c4(8.3334519073e-3));
  p = madd(p, r, c4(4.1665795894e-2));
  p = madd(p, r, c4(1.6666665459e-1));
  p = madd(p, r, c4(5.0000001201e-1));
  return f32x4.mul(p, f32x4.mul(r, r));
}

/** eˣ. */
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, c4(-104)), c4(89));
  const n = rounded(clamped, LOG2_E);
  const r = reduced(clamped, f32x4.sub(n, c4(ROUNDER)));
  return scale2(f32x4.add(f32x4.add(expTail(r), r), c4(1)), n);
}

/** eˣ for x ≤ 0; 0 where that is below the normal numbers. The polynomial is of relative error 2e-9. */
@inline
export function expNegative4(x: v128): v128 {
  // One factor 2ⁿ: n stays in [−127, 0], and the bits of 2⁻¹²⁷ are those of 0.
  const y = f32x4.pmax(x, c4(-88));
  const n = rounded(y, LOG2_E, ROUNDER + 127);
  const r = reduced(y, f32x4.sub(n, c4(ROUNDER + 127)));
  let p = madd(c4(1.3843369670212269e-3), r, c4(8.37439764291048e-3));
  p = madd(p, r, c4(4.166801646351814e-2));
  p = madd(p, r, c4(1.6666428744792938e-1));
  p = madd(p, r, c4(4.999999403953552e-1));
  p = madd(p, r, c4(1));
  p = madd(p, r, c4(1));
  return f32x4.mul(p, i32x4.shl(n, 23));
}

/** eˣ − 1. */
@inline
export function expm14(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, c4(-30)), c4(89));
  const n = rounded(clamped, LOG2_E);
  const r = reduced(clamped, f32x4.sub(n, c4(ROUNDER)));
  const p = f32x4.add(expTail(r), r);
  const i = i32x4.sub(n, c4(ROUNDER));
  // 2ⁿ·p + (2ⁿ − 1), with 2ⁿ halved where n = 128 so that it stays finite.
  const top = i32x4.ge_s(i, i32x4.splat(128));
  const s = i32x4.shl(i32x4.add(i32x4.add(i, top), i32x4.splat(127)), 23);
  const y = f32x4.add(f32x4.mul(s, p), f32x4.sub(s, select(top, c4(0.5), c4(1))));
  return f32x4.mul(y, select(top, c4(2), c4(1)));
}

/** ln x. */
@inline
export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, c4(1.17549435e-38));
  const scaled = select(tiny, f32x4.mul(x, c4(8388608)), x);
  let e = i32x4.sub(i32x4.shr_s(scaled, 23), i32x4.splat(126));
  e = i32x4.sub(e, v128.and(tiny, i32x4.splat(23)));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000)); // [0.5, 1)
  const low = f32x4.lt(m, c4(0.707106781186547524));
  e = i32x4.add(e, low);
  m = f32x4.sub(f32x4.add(m, v128.and(low, m)), c4(1));
  const z = f32x4.mul(m, m);
  let y = madd(c4(7.0376836292e-2), m, c4(-1.1514610310e-1));
  y = madd(y, m, c4(1.1676998740e-1));
  y = madd(y, m, c4(-1.2420140846e-1));
  y = madd(y, m, c4(1.4249322787e-1));
  y = madd(y, m, c4(-1.6668057665e-1));
  y = madd(y, m, c4(2.0000714765e-1));
  y = madd(y, m, c4(-2.4999993993e-1));
  y = madd(y, m, c4(3.3333331174e-1));
  y = f32x4.mul(f32x4.mul(y, m), z);
  const n = f32x4.convert_i32x4_s(e);
  y = madd(n, c4(-2.12194440e-4), y);
  y = madd(z, c4(-0.5), y);
  let out = f32x4.add(m, y);
  out = madd(n, c4(0.693359375), out);
  out = select(f32x4.eq(x, c4(Infinity)), x, out);
  out = select(f32x4.eq(x, c4(0)), c4(-Infinity), out);
  // Below zero, and NaN.
  return select(f32x4.ge(x, c4(0)), out, f32x4.add(c4(NaN), x));
}

/** ln(1 + x) for x in [0, 1], the only range softplus needs. */
@inline
export function log1p4(x: v128): v128 {
  const u = f32x4.add(c4(1), x);
  const lost = f32x4.sub(x, f32x4.sub(u, c4(1)));
  return f32x4.add(log4(u), f32x4.div(lost, u));
}

/**
 * tanh x = −sign(x)·m/(m + 2) with m = e^(−2|x|) − 1, which keeps its accuracy near 0. The polynomial (eʳ − 1 − r)/r² is fitted for a least
 * relative error of eʳ − 1, 1.4e-8.
 */
@inline
export function tanh4(x: v128): v128 {
  const y = f32x4.mul(f32x4.pmin(f32x4.abs(x), c4(9.1)), c4(-2));
  const n = rounded(y, LOG2_E, ROUNDER + 127);
  const r = reduced(y, f32x4.sub(n, c4(ROUNDER + 127)));
  const s = i32x4.shl(n, 23);
  let p = madd(c4(1.38824840541929e-3), r, c4(8.366713300347328e-3));
  p = madd(p, r, c4(4.166720435023308e-2));
  p = madd(p, r, c4(1.6666541993618011e-1));
  p = madd(p, r, c4(4.999999701976776e-1));
  const scaled = f32x4.mul(r, s);
  const m = f32x4.add(madd(f32x4.mul(p, r), scaled, scaled), f32x4.sub(s, c4(1)));
  return v128.bitselect(x, f32x4.div(m, f32x4.add(m, c4(2))), i32x4.splat(0x80000000));
}

/** x/(1 + e^−z): the sigmoid of z with x = 1, silu with x = z. 0 or x·0 where e^−z overflows. */
@inline
export function gated4(x: v128, z: v128): v128 {
  // e^−z by one factor 2ⁿ: n stays in [−126, 128], and 2¹²⁸ is inf. The bias of its exponent is in the rounder.
  const y = f32x4.pmin(f32x4.pmax(z, c4(-88.9)), c4(87));
  const n = rounded(y, -LOG2_E, ROUNDER + 127);
  // −(−y − n·ln 2): the polynomial, of relative error 9.3e-8, has its odd signs turned.
  const r = reduced(y, f32x4.sub(c4(ROUNDER + 127), n));
  let p = madd(c4(-8.290058001875877e-3), r, c4(4.1899312287569046e-2));
  p = madd(p, r, c4(-1.6667647659778595e-1));
  p = madd(p, r, c4(4.9999138712882996e-1));
  p = madd(p, r, c4(-9.999997019767761e-1));
  p = madd(p, r, c4(1));
  return f32x4.div(x, madd(p, i32x4.shl(n, 23), c4(1)));
}

/** 1/(1 + e⁻ˣ). */
@inline
export function sigmoid4(x: v128): v128 {
  return gated4(c4(1), x);
}

/** max(x, 0) + log1p(e^−|x|). */
@inline
export function softplus4(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, c4(0)), log1p4(expNegative4(f32x4.neg(f32x4.abs(x)))));
}

/** e^(−x²/2), with x² split so that its rounding does not reach the exponent. */
@inline
export function gauss4(x: v128): v128 {
  const a = f32x4.pmin(f32x4.abs(x), c4(20));
  const hi = v128.and(a, i32x4.splat(0xfffff000));
  const lo = f32x4.mul(f32x4.mul(f32x4.sub(a, hi), f32x4.add(a, hi)), c4(-0.5));
  const e = expNegative4(f32x4.mul(f32x4.mul(hi, hi), c4(-0.5)));
  return madd(e, madd(f32x4.mul(lo, lo), madd(lo, c4(0.16666667), c4(0.5)), lo), e);
}

/**
 * Φ(x) = ½·erfc(−x/√2), given `g = gauss4(x)`. The tail is g·R(|x|), where (3 + t)·R(t) is a polynomial of degree 10 in
 * (t − 3)/(t + 3), fitted at Chebyshev nodes over 0 ≤ t ≤ 14.6 with relative error 1.2e-9.
 */
@inline
export function normalCdf4(x: v128, g: v128): v128 {
  const t = f32x4.pmin(f32x4.abs(x), c4(14.6));
  const inverse = f32x4.div(c4(1), f32x4.add(t, c4(3)));
  const u = f32x4.mul(f32x4.sub(t, c4(3)), inverse);
  let p = madd(c4(0.00005538657585), u, c4(0.0001331730844));
  p = madd(p, u, c4(-0.0002446061937));
  p = madd(p, u, c4(-0.001034278860));
  p = madd(p, u, c4(0.001024136878));
  p = madd(p, u, c4(0.006969835903));
  p = madd(p, u, c4(-0.01046229185));
  p = madd(p, u, c4(-0.0472627487));
  p = madd(p, u, c4(0.2300176774));
  p = madd(p, u, c4(-0.5093319894));
  p = madd(p, u, c4(0.7290836907));
  const tail = f32x4.mul(f32x4.mul(p, inverse), g);
  return select(f32x4.gt(x, c4(0)), f32x4.sub(c4(1), tail), tail);
}
