/** The element-wise functions of `unary.ts` in float64: Keras 3.15 on JAX, its NaN included. */
import type { UnaryFn } from "@keras-ts/core";
import { erfc } from "./erf.ts";
import { at } from "./operand.ts";

export const SELU_ALPHA = 1.6732632423543772;
export const SELU_SCALE = 1.0507009873554805;
export const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

/** y = fn(x). */
export function unary(fn: UnaryFn, x: number): number {
  const p = (i: number): number => at(fn.params, i);
  switch (fn.name) {
    case "affine":
      return p(0) * x + p(1);
    case "abs":
      return Math.abs(x);
    case "sign":
      return Math.sign(x);
    case "trunc":
      return Math.trunc(x);
    case "square":
      return x * x;
    case "sqrt":
      return Math.sqrt(x);
    case "rsqrt":
      return 1 / Math.sqrt(x);
    case "reciprocal":
      return 1 / x;
    case "exp":
      return Math.exp(x);
    case "log":
      return Math.log(x);
    case "clip":
      return clip(x, p(0), p(1));
    case "relu":
      return relu(x, p(0), p(1), p(2));
    case "leaky_relu":
      return x >= 0 ? x : p(0) * x;
    case "elu":
      return elu(x, p(0));
    case "celu":
      return Math.max(x, 0) + p(0) * Math.expm1(Math.min(x, 0) / p(0));
    case "selu":
      return SELU_SCALE * elu(x, SELU_ALPHA);
    case "gelu":
      return 0.5 * x * erfc(-x / Math.SQRT2);
    case "gelu_tanh":
      return x * sigmoid(2 * SQRT_2_OVER_PI * (x + 0.044715 * x ** 3)); // (1 + tanh u)/2 = sigmoid(2u), cancelling less
    case "hard_shrink":
      return Math.abs(x) > p(0) ? x : 0;
    case "soft_shrink":
      return x > p(0) ? x - p(0) : x < -p(0) ? x + p(0) : 0;
    case "tanh_shrink":
      return x - Math.tanh(x);
    case "hard_sigmoid":
      return clip(x + 3, 0, 6) / 6;
    case "hard_silu":
      return (x * clip(x + 3, 0, 6)) / 6;
    case "hard_tanh":
      return clip(x, -1, 1);
    case "log_sigmoid":
      return -softplus(-x);
    case "mish":
      return x * Math.tanh(softplus(x));
    case "sigmoid":
      return sigmoid(x);
    case "silu":
      return x * sigmoid(x);
    case "softplus":
      return softplus(x);
    case "softsign":
      return x / (1 + Math.abs(x));
    case "sparse_plus":
      return x <= -1 ? 0 : x >= 1 ? x : (x + 1) ** 2 / 4;
    case "sparse_sigmoid":
      return clip(x + 1, 0, 2) / 2;
    case "squareplus":
      return (x + Math.sqrt(x * x + p(0))) / 2;
    case "tanh":
      return Math.tanh(x);
    case "threshold":
      return x > p(0) ? x : p(1);
  }
}

/** `min(max(x, lo), hi)`; NaN stays NaN. */
export function clip(x: number, lo: number, hi: number): number {
  return Math.min(Math.max(x, lo), hi);
}

/** 1/(1 + e⁻ˣ), accurate in both tails. */
export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** log(1 + eˣ), accurate in both tails. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** The part of `relu` above the threshold, before `max`. A NaN passes only where there is no threshold. */
export function reluPart(x: number, threshold: number): number {
  return threshold !== 0 ? (x > threshold ? x : 0) : Math.max(x, 0);
}

function relu(x: number, slope: number, max: number, threshold: number): number {
  if (slope !== 0 && max === Number.POSITIVE_INFINITY && threshold === 0) return x >= 0 ? x : slope * x;
  const above = reluPart(x, threshold);
  const positive = max === Number.POSITIVE_INFINITY ? above : clip(above, 0, max); // without max also no lower bound
  return slope === 0 ? positive : positive - slope * Math.max(threshold - x, 0);
}

function elu(x: number, alpha: number): number {
  return x > 0 ? x : alpha * Math.expm1(x);
}
