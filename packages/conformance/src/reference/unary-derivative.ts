/**
 * Derivatives of the element-wise functions with JAX's choice at kinks, at NaN and at ±inf (keras-semantics 2.8, and
 * `jax.grad` of Keras 3.15.1's functions on JAX 0.10.2 for what is not there).
 */
import type { UnaryFn } from "@keras-ts/core";
import { erfc } from "./erf.ts";
import { at } from "./operand.ts";
import { clip, reluPart, SELU_ALPHA, SELU_SCALE, SQRT_2_OVER_PI, sigmoid, softplus } from "./unary.ts";

/** fn'(x). */
export function unaryDerivative(fn: UnaryFn, x: number): number {
  const p = (i: number): number => at(fn.params, i);
  switch (fn.name) {
    case "affine":
      return p(0);
    case "abs":
      return x >= 0 ? 1 : -1;
    case "sign":
    case "trunc":
      return 0;
    case "square":
      return 2 * x;
    case "sqrt":
      return 0.5 / Math.sqrt(x);
    case "rsqrt":
      return -0.5 / Math.sqrt(x) / x;
    case "reciprocal":
      return -1 / (x * x);
    case "exp":
      return Math.exp(x);
    case "log":
      return 1 / x;
    case "clip":
      return clipDerivative(x, p(0), p(1));
    case "relu":
      return reluDerivative(x, p(0), p(1), p(2));
    case "leaky_relu":
      return x >= 0 ? 1 : p(0);
    case "elu":
      return x > 0 ? 1 : p(0) * Math.exp(x);
    case "celu":
      return x > 0 ? 1 : Math.exp(x / p(0));
    case "selu":
      return SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x));
    case "gelu":
      return 0.5 * erfc(-x / Math.SQRT2) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
    case "gelu_tanh": {
      const u2 = 2 * SQRT_2_OVER_PI * (x + 0.044715 * x ** 3); // (1 + tanh u)/2 = sigmoid(2u)
      return sigmoid(u2) + x * sigmoid(u2) * sigmoid(-u2) * 2 * SQRT_2_OVER_PI * (1 + 3 * 0.044715 * x * x);
    }
    case "hard_shrink":
    case "soft_shrink":
      return Math.abs(x) > p(0) ? 1 : 0;
    case "tanh_shrink":
      return Math.tanh(x) ** 2;
    case "hard_sigmoid":
      return x > -3 && x < 3 ? 1 / 6 : 0;
    case "hard_silu":
      return clip(x + 3, 0, 6) / 6 + (x > -3 && x < 3 ? x / 6 : 0);
    case "hard_tanh":
      return x > 1 || x < -1 ? 0 : 1;
    case "log_sigmoid":
      return sigmoid(-x);
    case "mish": {
      const t = Math.tanh(softplus(x));
      return t + x * (1 - t * t) * sigmoid(x);
    }
    case "sigmoid":
      return sigmoid(x) * sigmoid(-x);
    case "silu":
      return sigmoid(x) + x * sigmoid(x) * sigmoid(-x);
    case "softplus":
      return sigmoid(x);
    case "softsign":
      return Number.isFinite(x) ? 1 / (1 + Math.abs(x)) ** 2 : Number.NaN;
    case "sparse_plus":
      return Number.isFinite(x) ? (x <= -1 ? 0 : x >= 1 ? 1 : (x + 1) / 2) : Number.NaN;
    case "sparse_sigmoid":
      return clipDerivative(x + 1, 0, 2) / 2;
    case "squareplus":
      return (1 + x / Math.sqrt(x * x + p(0))) / 2;
    case "tanh":
      return 1 / Math.cosh(x) ** 2;
    case "threshold":
      return x > p(0) ? 1 : 0;
  }
}

/** `minimum(maximum(x, lo), hi)` shares the derivative at a tie: 0.5 at either bound. NaN: 0. */
function clipDerivative(x: number, lo: number, hi: number): number {
  if (x > lo && x < hi) return 1;
  return lo < hi && (x === lo || x === hi) ? 0.5 : 0;
}

function reluDerivative(x: number, slope: number, max: number, threshold: number): number {
  if (slope !== 0 && max === Number.POSITIVE_INFINITY && threshold === 0) return x >= 0 ? 1 : slope;
  const below = slope !== 0 && threshold - x > 0 ? slope : 0;
  if (!(x > threshold)) return below;
  if (max === Number.POSITIVE_INFINITY) return 1 + below;
  if (max === 6 && threshold === 0) return (x < 6 ? 1 : 0) + below; // jax.nn.relu6 has its own rule
  return clipDerivative(reluPart(x, threshold), 0, max) + below;
}
