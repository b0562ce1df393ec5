/**
 * y = fn(x), element by element, for every function of core's `op/unary.ts`. Any shape, seen as a flat run; vectors of 4.
 * Also run over finished rows as the epilogue of convolutions.
 */
import * as id from "./unary-ids";
import { c4, exp4, expm14, gated4, gauss4, log4, normalCdf4, sigmoid4, softplus4, tanh4 } from "./math";
import { clamp, madd, select, storePart } from "./vector";

const SELU_ALPHA: f32 = 1.6732632423543772;
const SELU_SCALE: f32 = 1.0507009873554805;

/** relu with slope, ceiling and threshold, in Keras's order of steps. */
@inline
function relu(x: v128, slope: v128, max: v128, threshold: v128): v128 {
  const zero = c4(0);
  const gated = v128.and(f32x4.gt(x, threshold), x);
  let v = select(f32x4.eq(threshold, zero), f32x4.pmax(x, zero), gated);
  const capped = f32x4.lt(max, c4(Infinity));
  v = select(capped, clamp(v, zero, max), v);
  const below = f32x4.mul(slope, f32x4.pmax(f32x4.sub(threshold, x), zero));
  return select(f32x4.eq(slope, zero), v, f32x4.sub(v, below));
}

@inline
function elu(x: v128, alpha: v128): v128 {
  return select(f32x4.gt(x, c4(0)), x, f32x4.mul(alpha, expm14(f32x4.pmin(x, c4(0)))));
}

@inline
function geluTanhArgument(x: v128): v128 {
  // 2·√(2/π)·(x + 0.044715·x³)
  const cubic = f32x4.mul(f32x4.mul(x, x), f32x4.mul(x, c4(0.044715)));
  return f32x4.mul(c4(1.5957691216057308), f32x4.add(x, cubic));
}

@inline
function mish(x: v128): v128 {
  // tanh(log(1 + e)) = n/(n + 2) with n = e·(e + 2)
  const e = exp4(f32x4.pmin(x, c4(20)));
  const n = f32x4.mul(e, f32x4.add(e, c4(2)));
  return f32x4.mul(x, f32x4.div(n, f32x4.add(n, c4(2))));
}

/** One vector; `fn` is a literal wherever this is called, so that only its branch is left. */
@inline
export function apply(fn: i32, x: v128, a: v128, b: v128, c: v128): v128 {
  const zero = c4(0);
  const one = c4(1);
  if (fn == id.AFFINE) return f32x4.add(f32x4.mul(a, x), b);
  if (fn == id.ABS) return f32x4.abs(x);
  if (fn == id.SIGN) {
    const unit = v128.or(v128.and(x, i32x4.splat(0x80000000)), one);
    return select(v128.or(f32x4.lt(x, zero), f32x4.gt(x, zero)), unit, x);
  }
  if (fn == id.SQUARE) return f32x4.mul(x, x);
  if (fn == id.SQRT) return f32x4.sqrt(x);
  if (fn == id.RSQRT) return f32x4.div(one, f32x4.sqrt(x));
  if (fn == id.RECIPROCAL) return f32x4.div(one, x);
  if (fn == id.EXP) return exp4(x);
  if (fn == id.LOG) return log4(x);
  if (fn == id.CLIP) return clamp(x, a, b);
  if (fn == id.RELU) return relu(x, a, b, c);
  if (fn == id.LEAKY_RELU) return select(f32x4.ge(x, zero), x, f32x4.mul(x, a));
  if (fn == id.ELU) return elu(x, a);
  if (fn == id.CELU) {
    const negative = f32x4.mul(a, expm14(f32x4.div(f32x4.pmin(x, zero), a)));
    return f32x4.add(f32x4.pmax(x, zero), negative);
  }
  if (fn == id.SELU) return f32x4.mul(c4(SELU_SCALE), elu(x, c4(SELU_ALPHA)));
  if (fn == id.GELU) return f32x4.mul(x, normalCdf4(x, gauss4(x)));
  if (fn == id.GELU_TANH) return gated4(x, geluTanhArgument(x));
  if (fn == id.HARD_SHRINK) return v128.and(f32x4.gt(f32x4.abs(x), a), x);
  if (fn == id.SOFT_SHRINK) {
    return v128.and(f32x4.gt(f32x4.abs(x), a), f32x4.sub(x, clamp(x, f32x4.neg(a), a)));
  }
  if (fn == id.TANH_SHRINK) return f32x4.sub(x, tanh4(x));
  if (fn == id.HARD_SIGMOID) return f32x4.div(clamp(f32x4.add(x, c4(3)), zero, c4(6)), c4(6));
  if (fn == id.HARD_SILU) return f32x4.mul(x, f32x4.div(clamp(f32x4.add(x, c4(3)), zero, c4(6)), c4(6)));
  if (fn == id.HARD_TANH) return clamp(x, c4(-1), one);
  if (fn == id.LOG_SIGMOID) return f32x4.neg(softplus4(f32x4.neg(x)));
  if (fn == id.MISH) return mish(x);
  if (fn == id.SIGMOID) return sigmoid4(x);
  if (fn == id.SILU) return gated4(x, x);
  if (fn == id.SOFTPLUS) return softplus4(x);
  if (fn == id.SOFTSIGN) return f32x4.div(x, f32x4.add(one, f32x4.abs(x)));
  if (fn == id.SPARSE_PLUS) {
    const up = f32x4.add(x, one);
    const middle = f32x4.mul(f32x4.mul(up, up), c4(0.25));
    return select(f32x4.ge(x, one), x, select(f32x4.le(x, c4(-1)), zero, middle));
  }
  if (fn == id.SPARSE_SIGMOID) return clamp(f32x4.mul(f32x4.add(x, one), c4(0.5)), zero, one);
  if (fn == id.SQUAREPLUS) return f32x4.mul(f32x4.add(x, f32x4.sqrt(madd(x, x, a))), c4(0.5));
  if (fn == id.TANH) return tanh4(x);
  if (fn == id.THRESHOLD) return select(f32x4.gt(x, a), x, b);
  return f32x4.trunc(x); // TRUNC
}

/**
 * The loop stores whole vectors: with a choice inside, engines load the constants of `fn` anew for each vector, which takes nearly twice as long.
 */
@inline
function run(fn: i32, x: usize, y: usize, n: i32, params: usize): void {
  const a = v128.load32_splat(params);
  const b = v128.load32_splat(params, 4);
  const c = v128.load32_splat(params, 8);
  for (; n >= 4; n -= 4) {
    v128.store(y, apply(fn, v128.load(x), a, b, c));
    x += 16;
    y += 16;
  }
  if (n > 0) storePart(y, apply(fn, v128.load(x), a, b, c), n);
}

type Run = (x: usize, y: usize, n: i32, params: usize) => void;

/** A function of its own for each: one with all of them inside takes the compiler minutes. */
function runOf(fn: i32): Run {
  switch (fn) {
    case id.AFFINE:
      return (x, y, n, p) => run(id.AFFINE, x, y, n, p);
    case id.ABS:
      return (x, y, n, p) => run(id.ABS, x, y, n, p);
    case id.SIGN:
      return (x, y, n, p) => run(id.SIGN, x, y, n, p);
    case id.SQUARE:
      return (x, y, n, p) => run(id.SQUARE, x, y, n, p);
    case id.SQRT:
      return (x, y, n, p) => run(id.SQRT, x, y, n, p);
    case id.RSQRT:
      return (x, y, n, p) => run(id.RSQRT, x, y, n, p);
    case id.RECIPROCAL:
      return (x, y, n, p) => run(id.RECIPROCAL, x, y, n, p);
    case id.EXP:
      return (x, y, n, p) => run(id.EXP, x, y, n, p);
    case id.LOG:
      return (x, y, n, p) => run(id.LOG, x, y, n, p);
    case id.CLIP:
      return (x, y, n, p) => run(id.CLIP, x, y, n, p);
    case id.RELU:
      return (x, y, n, p) => run(id.RELU, x, y, n, p);
    case id.LEAKY_RELU:
      return (x, y, n, p) => run(id.LEAKY_RELU, x, y, n, p);
    case id.ELU:
      return (x, y, n, p) => run(id.ELU, x, y, n, p);
    case id.CELU:
      return (x, y, n, p) => run(id.CELU, x, y, n, p);
    case id.SELU:
      return (x, y, n, p) => run(id.SELU, x, y, n, p);
    case id.GELU:
      return (x, y, n, p) => run(id.GELU, x, y, n, p);
    case id.GELU_TANH:
      return (x, y, n, p) => run(id.GELU_TANH, x, y, n, p);
    case id.HARD_SHRINK:
      return (x, y, n, p) => run(id.HARD_SHRINK, x, y, n, p);
    case id.SOFT_SHRINK:
      return (x, y, n, p) => run(id.SOFT_SHRINK, x, y, n, p);
    case id.TANH_SHRINK:
      return (x, y, n, p) => run(id.TANH_SHRINK, x, y, n, p);
    case id.HARD_SIGMOID:
      return (x, y, n, p) => run(id.HARD_SIGMOID, x, y, n, p);
    case id.HARD_SILU:
      return (x, y, n, p) => run(id.HARD_SILU, x, y, n, p);
    case id.HARD_TANH:
      return (x, y, n, p) => run(id.HARD_TANH, x, y, n, p);
    case id.LOG_SIGMOID:
      return (x, y, n, p) => run(id.LOG_SIGMOID, x, y, n, p);
    case id.MISH:
      return (x, y, n, p) => run(id.MISH, x, y, n, p);
    case id.SIGMOID:
      return (x, y, n, p) => run(id.SIGMOID, x, y, n, p);
    case id.SILU:
      return (x, y, n, p) => run(id.SILU, x, y, n, p);
    case id.SOFTPLUS:
      return (x, y, n, p) => run(id.SOFTPLUS, x, y, n, p);
    case id.SOFTSIGN:
      return (x, y, n, p) => run(id.SOFTSIGN, x, y, n, p);
    case id.SPARSE_PLUS:
      return (x, y, n, p) => run(id.SPARSE_PLUS, x, y, n, p);
    case id.SPARSE_SIGMOID:
      return (x, y, n, p) => run(id.SPARSE_SIGMOID, x, y, n, p);
    case id.SQUAREPLUS:
      return (x, y, n, p) => run(id.SQUAREPLUS, x, y, n, p);
    case id.TANH:
      return (x, y, n, p) => run(id.TANH, x, y, n, p);
    case id.THRESHOLD:
      return (x, y, n, p) => run(id.THRESHOLD, x, y, n, p);
    default:
      return (x, y, n, p) => run(id.TRUNC, x, y, n, p);
  }
}

/** `n` elements from x to y, which may be the same place. */
export function unaryRange(fn: i32, x: usize, y: usize, n: i32, params: usize): void {
  const call = runOf(fn);
  call(x, y, n, params);
}

/** Block: 32 fn, 36 elements, 40 params[3]. */
export function unary(block: usize): void {
  unaryRange(
    load<i32>(block, 32),
    load<usize>(block, 12),
    load<usize>(block, 0),
    load<i32>(block, 36),
    block + 40,
  );
}
