/**
 * The activations that look at one element at a time. Source: `keras.src.activations.activations`; the formulas stand in
 * `op/unary.ts`.
 */
import type { UnaryFn, UnaryName } from "../op/unary.ts";
import { unary } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";

export interface ReluOptions {
  /** Slope below the threshold. Default 0. */
  readonly negativeSlope?: number;
  /** Largest value; null for none (default). */
  readonly maxValue?: number | null;
  /** What is not above it becomes 0 (or negative, with a slope). Default 0. */
  readonly threshold?: number;
}

/** max(x, 0), with Keras's options. */
export function relu(x: Value, { negativeSlope = 0, maxValue = null, threshold = 0 }: ReluOptions = {}): Value {
  return unary(x, fn("relu", negativeSlope, maxValue ?? Number.POSITIVE_INFINITY, threshold));
}

/** min(max(x, 0), 6). */
export function relu6(x: Value): Value {
  return unary(x, ELEMENTWISE.relu6);
}

/** x ≥ 0 ? x : negativeSlope·x. Default 0.2, unlike the layer's 0.3. */
export function leakyRelu(x: Value, { negativeSlope = 0.2 }: { readonly negativeSlope?: number } = {}): Value {
  return unary(x, fn("leaky_relu", negativeSlope));
}

export interface AlphaOptions {
  /** Default 1. */
  readonly alpha?: number;
}

/** x > 0 ? x : α·(eˣ − 1). */
export function elu(x: Value, { alpha = 1 }: AlphaOptions = {}): Value {
  return unary(x, fn("elu", alpha));
}

/** max(x, 0) + α·expm1(min(x, 0)/α). */
export function celu(x: Value, { alpha = 1 }: AlphaOptions = {}): Value {
  return unary(x, fn("celu", alpha));
}

/** 1.0507·elu(x, 1.6733): keeps mean and variance between layers. */
export function selu(x: Value): Value {
  return unary(x, ELEMENTWISE.selu);
}

/** eˣ. */
export function exponential(x: Value): Value {
  return unary(x, ELEMENTWISE.exponential);
}

/** x·Φ(x): exact, or by tanh with `approximate`. */
export function gelu(x: Value, { approximate = false }: { readonly approximate?: boolean } = {}): Value {
  return unary(x, fn(approximate ? "gelu_tanh" : "gelu"));
}

export interface ThresholdOptions {
  /** Default 0.5. */
  readonly threshold?: number;
}

/** |x| > threshold ? x : 0. */
export function hardShrink(x: Value, { threshold = 0.5 }: ThresholdOptions = {}): Value {
  return unary(x, fn("hard_shrink", threshold));
}

/** x moved towards 0 by the threshold; 0 within it. */
export function softShrink(x: Value, { threshold = 0.5 }: ThresholdOptions = {}): Value {
  return unary(x, fn("soft_shrink", threshold));
}

/** clip(x/6 + ½, 0, 1). */
export function hardSigmoid(x: Value): Value {
  return unary(x, ELEMENTWISE.hard_sigmoid);
}

/** x·hardSigmoid(x). */
export function hardSilu(x: Value): Value {
  return unary(x, ELEMENTWISE.hard_silu);
}

/** clip(x, −1, 1). */
export function hardTanh(x: Value): Value {
  return unary(x, ELEMENTWISE.hard_tanh);
}

/** x itself. */
export function linear(x: Value): Value {
  return x;
}

/** log(sigmoid(x)). */
export function logSigmoid(x: Value): Value {
  return unary(x, ELEMENTWISE.log_sigmoid);
}

/** x·tanh(softplus(x)). */
export function mish(x: Value): Value {
  return unary(x, ELEMENTWISE.mish);
}

/** 1/(1 + e⁻ˣ). */
export function sigmoid(x: Value): Value {
  return unary(x, ELEMENTWISE.sigmoid);
}

/** x·sigmoid(x). */
export function silu(x: Value): Value {
  return unary(x, ELEMENTWISE.silu);
}

/** log(1 + eˣ). */
export function softplus(x: Value): Value {
  return unary(x, ELEMENTWISE.softplus);
}

/** x/(1 + |x|). */
export function softsign(x: Value): Value {
  return unary(x, ELEMENTWISE.softsign);
}

/** 0 up to −1, x from 1 on, (x + 1)²/4 between. */
export function sparsePlus(x: Value): Value {
  return unary(x, ELEMENTWISE.sparse_plus);
}

/** clip((x + 1)/2, 0, 1). */
export function sparseSigmoid(x: Value): Value {
  return unary(x, ELEMENTWISE.sparse_sigmoid);
}

/** (x + √(x² + b))/2. b is 4 where left out. */
export function squareplus(x: Value, { b = 4 }: { readonly b?: number } = {}): Value {
  return unary(x, fn("squareplus", b));
}

/** tanh x. */
export function tanh(x: Value): Value {
  return unary(x, ELEMENTWISE.tanh);
}

/** x − tanh x. */
export function tanhShrink(x: Value): Value {
  return unary(x, ELEMENTWISE.tanh_shrink);
}

/** x > threshold ? x : defaultValue. */
export function threshold(x: Value, options: { readonly threshold: number; readonly defaultValue: number }): Value {
  return unary(x, fn("threshold", options.threshold, options.defaultValue));
}

/** Keras's name → what the activation of that name computes, with its default parameters. */
export const ELEMENTWISE = {
  celu: fn("celu", 1),
  elu: fn("elu", 1),
  exponential: fn("exp"),
  gelu: fn("gelu"),
  hard_shrink: fn("hard_shrink", 0.5),
  hard_sigmoid: fn("hard_sigmoid"),
  hard_silu: fn("hard_silu"),
  hard_tanh: fn("hard_tanh"),
  leaky_relu: fn("leaky_relu", 0.2),
  log_sigmoid: fn("log_sigmoid"),
  mish: fn("mish"),
  relu: fn("relu", 0, Number.POSITIVE_INFINITY, 0),
  relu6: fn("relu", 0, 6, 0),
  selu: fn("selu"),
  sigmoid: fn("sigmoid"),
  silu: fn("silu"),
  soft_shrink: fn("soft_shrink", 0.5),
  softplus: fn("softplus"),
  softsign: fn("softsign"),
  sparse_plus: fn("sparse_plus"),
  sparse_sigmoid: fn("sparse_sigmoid"),
  squareplus: fn("squareplus", 4),
  tanh: fn("tanh"),
  tanh_shrink: fn("tanh_shrink"),
} as const;

function fn(name: UnaryName, ...params: number[]): UnaryFn {
  return { name, params };
}
