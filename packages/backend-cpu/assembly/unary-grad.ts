/**
 * dx = dy · fn'(x), element by element, with JAX's choice at kinks (core's `op/unary.ts`). Any shape as a flat run.
 */
import * as id from "./unary-ids";
import { c4, exp4, gauss4, normalCdf4, sigmoid4, tanh4 } from "./math";
import { clamp, madd, select, storePart } from "./vector";

const SELU_ALPHA: f32 = 1.6732632423543772;
const SELU_SCALE: f32 = 1.0507009873554805;

/** Derivative of min(max(x, lo), hi): 1 inside, ½ at a bound, 0 outside and for NaN. */
@inline
function clipSlope(x: v128, lo: v128, hi: v128): v128 {
  const inside = v128.and(f32x4.gt(x, lo), f32x4.lt(x, hi));
  const atBound = v128.and(v128.or(f32x4.eq(x, lo), f32x4.eq(x, hi)), f32x4.lt(lo, hi));
  return v128.or(v128.and(inside, c4(1)), v128.and(atBound, c4(0.5)));
}

@inline
function reluSlope(x: v128, slope: v128, max: v128, threshold: v128): v128 {
  const zero = c4(0);
  const one = c4(1);
  const plain = f32x4.eq(threshold, zero);
  const gate = f32x4.gt(x, threshold);
  const v = select(plain, f32x4.pmax(x, zero), v128.and(gate, x));
  const six = v128.and(f32x4.lt(x, c4(6)), one);
  const capped = f32x4.lt(max, c4(Infinity));
  const clipped = select(v128.and(plain, f32x4.eq(max, c4(6))), six, clipSlope(v, zero, max));
  let d = v128.and(gate, select(capped, clipped, one));
  d = f32x4.add(d, v128.and(f32x4.gt(f32x4.sub(threshold, x), zero), slope));
  const leaky = select(f32x4.ge(x, zero), one, slope);
  const isLeaky = v128.andnot(v128.andnot(plain, capped), f32x4.eq(slope, zero));
  return select(isLeaky, leaky, d);
}

/** e/(1 + e)² with e = e^−|x|: the derivative of sigmoid. */
@inline
function sigmoidSlope(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const q = f32x4.add(c4(1), e);
  return f32x4.div(e, f32x4.mul(q, q));
}

@inline
function tanhSlope(x: v128): v128 {
  return f32x4.mul(c4(4), sigmoidSlope(f32x4.add(x, x)));
}

@inline
function geluTanhSlope(x: v128): v128 {
  // Beyond ±20 the second term is 0, and x² must not overflow.
  const near = clamp(x, c4(-20), c4(20));
  const square = f32x4.mul(near, near);
  const z = f32x4.mul(c4(1.5957691216057308), madd(f32x4.mul(square, near), c4(0.044715), near));
  const dz = f32x4.mul(c4(1.5957691216057308), madd(square, c4(0.134145), c4(1)));
  return madd(f32x4.mul(x, sigmoidSlope(z)), dz, sigmoid4(z));
}

@inline
function mishSlope(x: v128): v128 {
  const near = f32x4.pmin(x, c4(20)); // beyond, tanh is 1
  const e = exp4(near);
  const n = f32x4.mul(e, f32x4.add(e, c4(2)));
  const q = f32x4.add(n, c4(2));
  const t = f32x4.div(n, q);
  const rest = f32x4.div(f32x4.mul(c4(4), f32x4.add(n, c4(1))), f32x4.mul(q, q)); // 1 − t²
  const slope = madd(f32x4.mul(near, rest), sigmoid4(x), t);
  return f32x4.add(slope, f32x4.sub(x, x)); // NaN at ±inf
}

@inline
function slopeOf(fn: i32, x: v128, a: v128, b: v128, c: v128): v128 {
  const zero = c4(0);
  const one = c4(1);
  if (fn == id.AFFINE) return a;
  if (fn == id.ABS) return select(f32x4.ge(x, zero), one, c4(-1));
  if (fn == id.SIGN) return zero;
  if (fn == id.SQUARE) return f32x4.add(x, x);
  if (fn == id.SQRT) return f32x4.div(c4(0.5), f32x4.sqrt(x));
  if (fn == id.RSQRT) return f32x4.div(f32x4.div(c4(-0.5), x), f32x4.sqrt(x));
  if (fn == id.RECIPROCAL) {
    const r = f32x4.div(one, x);
    return f32x4.neg(f32x4.mul(r, r));
  }
  if (fn == id.EXP) return exp4(x);
  if (fn == id.LOG) return f32x4.div(one, x);
  if (fn == id.CLIP) return clipSlope(x, a, b);
  if (fn == id.RELU) return reluSlope(x, a, b, c);
  if (fn == id.LEAKY_RELU) return select(f32x4.ge(x, zero), one, a);
  if (fn == id.ELU) return select(f32x4.gt(x, zero), one, f32x4.mul(a, exp4(x)));
  if (fn == id.CELU) return select(f32x4.ge(x, zero), one, exp4(f32x4.div(x, a)));
  if (fn == id.SELU) {
    return f32x4.mul(c4(SELU_SCALE), select(f32x4.gt(x, zero), one, f32x4.mul(c4(SELU_ALPHA), exp4(x))));
  }
  if (fn == id.GELU) {
    const g = gauss4(x);
    return madd(f32x4.mul(x, g), c4(0.3989422804014327), normalCdf4(x, g));
  }
  if (fn == id.GELU_TANH) return geluTanhSlope(x);
  if (fn == id.HARD_SHRINK) return v128.and(f32x4.gt(f32x4.abs(x), a), one);
  if (fn == id.SOFT_SHRINK) return v128.and(f32x4.gt(f32x4.abs(x), a), one);
  if (fn == id.TANH_SHRINK) {
    const t = tanh4(x);
    return f32x4.mul(t, t);
  }
  if (fn == id.HARD_SIGMOID) return v128.and(f32x4.lt(f32x4.abs(x), c4(3)), c4(1.0 / 6.0));
  if (fn == id.HARD_SILU) {
    const middle = f32x4.div(f32x4.add(f32x4.add(x, x), c4(3)), c4(6));
    return select(f32x4.ge(x, c4(3)), one, select(f32x4.le(x, c4(-3)), zero, middle));
  }
  if (fn == id.HARD_TANH) return v128.andnot(one, f32x4.gt(f32x4.abs(x), one));
  if (fn == id.LOG_SIGMOID) return sigmoid4(f32x4.neg(x));
  if (fn == id.MISH) return mishSlope(x);
  if (fn == id.SIGMOID) return sigmoidSlope(x);
  if (fn == id.SILU) {
    return f32x4.mul(sigmoid4(x), madd(x, sigmoid4(f32x4.neg(x)), one));
  }
  if (fn == id.SOFTPLUS) return sigmoid4(x);
  if (fn == id.SOFTSIGN) {
    const r = f32x4.div(one, f32x4.add(one, f32x4.abs(x)));
    return f32x4.add(f32x4.mul(r, r), f32x4.sub(x, x)); // NaN at ±inf
  }
  if (fn == id.SPARSE_PLUS) {
    const middle = f32x4.mul(f32x4.add(x, one), c4(0.5));
    const slope = select(f32x4.ge(x, one), one, select(f32x4.le(x, c4(-1)), zero, middle));
    return f32x4.add(slope, f32x4.sub(x, x)); // NaN at ±inf
  }
  if (fn == id.SPARSE_SIGMOID) {
    const size = f32x4.abs(x);
    return select(f32x4.lt(size, one), c4(0.5), v128.and(f32x4.eq(size, one), c4(0.25)));
  }
  if (fn == id.SQUAREPLUS) {
    return f32x4.mul(c4(0.5), f32x4.add(one, f32x4.div(x, f32x4.sqrt(madd(x, x, a)))));
  }
  if (fn == id.TANH) return tanhSlope(x);
  if (fn == id.THRESHOLD) return v128.and(f32x4.gt(x, a), one);
  return zero; // TRUNC
}

/** As in unary: whole vectors in the loop, and a function of its own for each. */
@inline
function run(fn: i32, x: usize, dy: usize, dx: usize, n: i32, params: usize): void {
  const a = v128.load32_splat(params);
  const b = v128.load32_splat(params, 4);
  const c = v128.load32_splat(params, 8);
  for (; n >= 4; n -= 4) {
    v128.store(dx, f32x4.mul(v128.load(dy), slopeOf(fn, v128.load(x), a, b, c)));
    x += 16;
    dy += 16;
    dx += 16;
  }
  if (n > 0) storePart(dx, f32x4.mul(v128.load(dy), slopeOf(fn, v128.load(x), a, b, c)), n);
}

type Run = (x: usize, dy: usize, dx: usize, n: i32, params: usize) => void;

function runOf(fn: i32): Run {
  switch (fn) {
    case id.AFFINE:
      return (x, dy, dx, n, p) => run(id.AFFINE, x, dy, dx, n, p);
    case id.ABS:
      return (x, dy, dx, n, p) => run(id.ABS, x, dy, dx, n, p);
    case id.SIGN:
      return (x, dy, dx, n, p) => run(id.SIGN, x, dy, dx, n, p);
    case id.SQUARE:
      return (x, dy, dx, n, p) => run(id.SQUARE, x, dy, dx, n, p);
    case id.SQRT:
      return (x, dy, dx, n, p) => run(id.SQRT, x, dy, dx, n, p);
    case id.RSQRT:
      return (x, dy, dx, n, p) => run(id.RSQRT, x, dy, dx, n, p);
    case id.RECIPROCAL:
      return (x, dy, dx, n, p) => run(id.RECIPROCAL, x, dy, dx, n, p);
    case id.EXP:
      return (x, dy, dx, n, p) => run(id.EXP, x, dy, dx, n, p);
    case id.LOG:
      return (x, dy, dx, n, p) => run(id.LOG, x, dy, dx, n, p);
    case id.CLIP:
      return (x, dy, dx, n, p) => run(id.CLIP, x, dy, dx, n, p);
    case id.RELU:
      return (x, dy, dx, n, p) => run(id.RELU, x, dy, dx, n, p);
    case id.LEAKY_RELU:
      return (x, dy, dx, n, p) => run(id.LEAKY_RELU, x, dy, dx, n, p);
    case id.ELU:
      return (x, dy, dx, n, p) => run(id.ELU, x, dy, dx, n, p);
    case id.CELU:
      return (x, dy, dx, n, p) => run(id.CELU, x, dy, dx, n, p);
    case id.SELU:
      return (x, dy, dx, n, p) => run(id.SELU, x, dy, dx, n, p);
    case id.GELU:
      return (x, dy, dx, n, p) => run(id.GELU, x, dy, dx, n, p);
    case id.GELU_TANH:
      return (x, dy, dx, n, p) => run(id.GELU_TANH, x, dy, dx, n, p);
    case id.HARD_SHRINK:
      return (x, dy, dx, n, p) => run(id.HARD_SHRINK, x, dy, dx, n, p);
    case id.SOFT_SHRINK:
      return (x, dy, dx, n, p) => run(id.SOFT_SHRINK, x, dy, dx, n, p);
    case id.TANH_SHRINK:
      return (x, dy, dx, n, p) => run(id.TANH_SHRINK, x, dy, dx, n, p);
    case id.HARD_SIGMOID:
      return (x, dy, dx, n, p) => run(id.HARD_SIGMOID, x, dy, dx, n, p);
    case id.HARD_SILU:
      return (x, dy, dx, n, p) => run(id.HARD_SILU, x, dy, dx, n, p);
    case id.HARD_TANH:
      return (x, dy, dx, n, p) => run(id.HARD_TANH, x, dy, dx, n, p);
    case id.LOG_SIGMOID:
      return (x, dy, dx, n, p) => run(id.LOG_SIGMOID, x, dy, dx, n, p);
    case id.MISH:
      return (x, dy, dx, n, p) => run(id.MISH, x, dy, dx, n, p);
    case id.SIGMOID:
      return (x, dy, dx, n, p) => run(id.SIGMOID, x, dy, dx, n, p);
    case id.SILU:
      return (x, dy, dx, n, p) => run(id.SILU, x, dy, dx, n, p);
    case id.SOFTPLUS:
      return (x, dy, dx, n, p) => run(id.SOFTPLUS, x, dy, dx, n, p);
    case id.SOFTSIGN:
      return (x, dy, dx, n, p) => run(id.SOFTSIGN, x, dy, dx, n, p);
    case id.SPARSE_PLUS:
      return (x, dy, dx, n, p) => run(id.SPARSE_PLUS, x, dy, dx, n, p);
    case id.SPARSE_SIGMOID:
      return (x, dy, dx, n, p) => run(id.SPARSE_SIGMOID, x, dy, dx, n, p);
    case id.SQUAREPLUS:
      return (x, dy, dx, n, p) => run(id.SQUAREPLUS, x, dy, dx, n, p);
    case id.TANH:
      return (x, dy, dx, n, p) => run(id.TANH, x, dy, dx, n, p);
    case id.THRESHOLD:
      return (x, dy, dx, n, p) => run(id.THRESHOLD, x, dy, dx, n, p);
    default:
      return (x, dy, dx, n, p) => run(id.TRUNC, x, dy, dx, n, p);
  }
}

/** Block: 32 fn, 36 elements, 40 params[3]. Inputs x, dy. */
export function unaryGrad(block: usize): void {
  const call = runOf(load<i32>(block, 32));
  call(load<usize>(block, 12), load<usize>(block, 16), load<usize>(block), load<i32>(block, 36), block + 40);
}
