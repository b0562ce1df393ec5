/**
 * The element-wise functions of one argument that backends compute, as data. Formulas and derivatives (with JAX's
 * choice at kinks) follow Keras 3.15 on JAX: `keras.src.activations` and `keras.src.backend.jax.nn`.
 */

/**
 * Name → number of parameters. Forward `y(x)`, then the derivative where it is not the textbook one.
 * NaN in, NaN out, unless the comment says otherwise; derivatives at NaN and ±inf are whatever JAX's choice of branch
 * gives, and conformance accepts NaN or the limit there.
 */
export const UNARY_ARITY = {
  /** a·x + b. params [a, b]. */
  affine: 2,
  /** |x|; derivative 1 at 0 (JAX). */
  abs: 0,
  /** −1, 0 or 1; derivative 0. */
  sign: 0,
  /** x cut to an integer, towards zero; derivative 0. */
  trunc: 0,
  /** x². */
  square: 0,
  /** √x; derivative inf at 0. */
  sqrt: 0,
  /** 1/√x. */
  rsqrt: 0,
  /** 1/x. */
  reciprocal: 0,
  /** eˣ. Overflows to inf near 88.7. */
  exp: 0,
  /** ln x. */
  log: 0,
  /** min(max(x, lo), hi). params [lo, hi]; derivative 0.5 at either bound. */
  clip: 2,
  /**
   * keras.activations.relu. params [negative_slope, max_value (Infinity for none), threshold].
   * threshold = 0: v = max(x, 0), NaN kept; else v = x > threshold ? x : 0, so that NaN gives 0. Clipped to [0, max] where
   * max is finite; minus slope·max(threshold − x, 0). With m = (threshold ≠ 0 ? x > threshold : x > 0):
   * Derivative: with slope ≠ 0, no max and no threshold: x ≥ 0 ? 1 : slope (that is leaky_relu). Else
   * m · (max = 6 and threshold = 0: x < 6; max finite: derivative of clip(v, 0, max), 0.5 at its bounds; no max: 1),
   * plus slope where threshold − x > 0.
   */
  relu: 3,
  /** x ≥ 0 ? x : slope·x. params [slope]; derivative 1 at 0. */
  leaky_relu: 1,
  /** x > 0 ? x : α·(eˣ − 1). params [α]; derivative at 0: α (jax.nn.elu). */
  elu: 1,
  /** max(x, 0) + α·expm1(min(x, 0)/α). params [α]; derivative 1 at 0. */
  celu: 1,
  /** λ·elu(x, α) with α = 1.6732632423543772, λ = 1.0507009873554805; derivative λ·α at 0. */
  selu: 0,
  /** x·Φ(x), exact: 0.5·x·erfc(−x/√2). gelu(−inf) is NaN. */
  gelu: 0,
  /** 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), NaN at −inf. */
  gelu_tanh: 0,
  /** |x| > t ? x : 0, so NaN gives 0. params [t]; derivative 0 at ±t. */
  hard_shrink: 1,
  /** x > t ? x − t : x < −t ? x + t : 0, so NaN gives 0. params [t]; derivative 0 at ±t. */
  soft_shrink: 1,
  /** x − tanh x. */
  tanh_shrink: 0,
  /** clip(x/6 + 0.5, 0, 1) (jax: relu6(x + 3)/6); derivative 0 at ±3. */
  hard_sigmoid: 0,
  /** x·hard_sigmoid(x), NaN at −inf; derivative at −3: 0, at 3: 1. */
  hard_silu: 0,
  /** clip(x, −1, 1); derivative 1 at ±1. */
  hard_tanh: 0,
  /** −softplus(−x). */
  log_sigmoid: 0,
  /** x·tanh(softplus(x)), NaN at −inf. */
  mish: 0,
  /** 1/(1 + e⁻ˣ). */
  sigmoid: 0,
  /** x·sigmoid(x). silu(−inf) is NaN. */
  silu: 0,
  /** log(1 + eˣ), computed as max(x, 0) + log1p(e^−|x|). */
  softplus: 0,
  /** x/(1 + |x|). softsign(±inf) is NaN. */
  softsign: 0,
  /** x ≤ −1: 0; x ≥ 1: x; else (x + 1)²/4. */
  sparse_plus: 0,
  /** clip((x + 1)/2, 0, 1); derivative 0.25 at ±1. */
  sparse_sigmoid: 0,
  /** (x + √(x² + b))/2, NaN at −inf. params [b]. */
  squareplus: 1,
  /** tanh x. */
  tanh: 0,
  /** x > t ? x : v. params [t, v]; derivative 0 at t. NaN gives v. */
  threshold: 2,
} as const satisfies Record<string, number>;

export type UnaryName = keyof typeof UNARY_ARITY;

/** An element-wise function with its parameters filled in. */
export interface UnaryFn {
  readonly name: UnaryName;
  readonly params: readonly number[];
}
