/**
 * The element-wise functions of `@keras-ts/core`'s `unary.ts` in GLSL: forward and derivative, a row a function, formulas
 * and choices at kinks as documented there. `x` is the argument, `p` the parameters (`u_f`, so that layers that differ
 * only in them share a program).
 */
import type { UnaryFn, UnaryName } from "@keras-ts/core";
import { type MathGroup, mathSource } from "./math.ts";

interface UnaryRow {
  readonly math: MathGroup;
  /** Expression for y. */
  readonly forward: string;
  /** Expression for dy/dx. */
  readonly derivative: string;
  /** False where NaN goes the way its comparisons fall, instead of coming back as NaN. Forward only. */
  readonly nanPasses?: boolean;
}

const ROWS: Readonly<Record<Exclude<UnaryName, "relu">, UnaryRow>> = {
  affine: { math: "basic", forward: "p.x * x + p.y", derivative: "p.x" },
  abs: { math: "basic", forward: "abs(x)", derivative: "x >= 0.0 ? 1.0 : -1.0" },
  sign: { math: "basic", forward: "x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x", derivative: "0.0" },
  trunc: { math: "basic", forward: "trunc(x)", derivative: "0.0" },
  square: { math: "basic", forward: "x * x", derivative: "2.0 * x" },
  sqrt: { math: "basic", forward: "sqrt_(x)", derivative: "0.5 / sqrt_(x)" },
  rsqrt: { math: "basic", forward: "1.0 / sqrt_(x)", derivative: "-0.5 / (x * sqrt_(x))" },
  reciprocal: { math: "basic", forward: "1.0 / x", derivative: "-1.0 / (x * x)" },
  exp: { math: "exp", forward: "exp_(x)", derivative: "exp_(x)" },
  log: { math: "log", forward: "log_(x)", derivative: "1.0 / x" },
  clip: {
    math: "basic",
    forward: "x < p.x ? p.x : x > p.y ? p.y : x",
    derivative: "x > p.x && x < p.y ? 1.0 : x == p.x || x == p.y ? 0.5 : 0.0",
  },
  leaky_relu: { math: "basic", forward: "x >= 0.0 ? x : p.x * x", derivative: "x >= 0.0 ? 1.0 : p.x" },
  elu: { math: "exp", forward: "x > 0.0 ? x : p.x * expm1_(x)", derivative: "x > 0.0 ? 1.0 : p.x * exp_(x)" },
  celu: {
    math: "exp",
    forward: "(x > 0.0 ? x : 0.0) + p.x * expm1_((x < 0.0 ? x : 0.0) / p.x)",
    derivative: "x >= 0.0 ? 1.0 : exp_(x / p.x)",
  },
  selu: {
    math: "exp",
    forward: "1.0507009873554805 * (x > 0.0 ? x : 1.6732632423543772 * expm1_(x))",
    derivative: "1.0507009873554805 * (x > 0.0 ? 1.0 : 1.6732632423543772 * exp_(x))",
  },
  gelu: {
    math: "erf",
    forward: "0.5 * x * erfc_(-0.70710678118 * x)",
    derivative: "0.5 * erfc_(-0.70710678118 * x) + x * 0.3989422804 * exp_(-0.5 * x * x)",
  },
  gelu_tanh: {
    math: "tanh",
    forward: "0.5 * x * (1.0 + tanh_(0.7978845608 * (x + 0.044715 * x * x * x)))",
    derivative:
      "0.5 * (1.0 + tanh_(0.7978845608 * (x + 0.044715 * x * x * x))) + " +
      "0.5 * x * sech2(0.7978845608 * (x + 0.044715 * x * x * x)) * 0.7978845608 * (1.0 + 0.134145 * x * x)",
  },
  hard_shrink: {
    math: "basic",
    forward: "abs(x) > p.x ? x : 0.0",
    derivative: "abs(x) > p.x ? 1.0 : 0.0",
    nanPasses: false,
  },
  soft_shrink: {
    math: "basic",
    forward: "x > p.x ? x - p.x : x < -p.x ? x + p.x : 0.0",
    derivative: "abs(x) > p.x ? 1.0 : 0.0",
    nanPasses: false,
  },
  tanh_shrink: { math: "tanh", forward: "x - tanh_(x)", derivative: "tanh_(x) * tanh_(x)" },
  hard_sigmoid: {
    math: "basic",
    forward: "x <= -3.0 ? 0.0 : x >= 3.0 ? 1.0 : (x + 3.0) / 6.0",
    derivative: "abs(x) < 3.0 ? 0.16666667 : 0.0",
  },
  hard_silu: {
    math: "basic",
    forward: "x * (x <= -3.0 ? 0.0 : x >= 3.0 ? 1.0 : (x + 3.0) / 6.0)",
    derivative: "x <= -3.0 ? 0.0 : x >= 3.0 ? 1.0 : (2.0 * x + 3.0) / 6.0",
  },
  hard_tanh: {
    math: "basic",
    forward: "x < -1.0 ? -1.0 : x > 1.0 ? 1.0 : x",
    derivative: "x < -1.0 || x > 1.0 ? 0.0 : 1.0",
  },
  log_sigmoid: { math: "tanh", forward: "-softplus_(-x)", derivative: "sigmoid_(-x)" },
  mish: {
    math: "tanh",
    forward: "x * tanh_(softplus_(x))",
    derivative: "tanh_(softplus_(x)) + x * sech2(softplus_(x)) * sigmoid_(x)",
  },
  sigmoid: { math: "tanh", forward: "sigmoid_(x)", derivative: "sigmoid_(x) * sigmoid_(-x)" },
  silu: { math: "tanh", forward: "x * sigmoid_(x)", derivative: "sigmoid_(x) + x * sigmoid_(x) * sigmoid_(-x)" },
  softplus: { math: "tanh", forward: "softplus_(x)", derivative: "sigmoid_(x)" },
  softsign: {
    math: "basic",
    forward: "x / (1.0 + abs(x))",
    derivative: "isFinite(x) ? 1.0 / ((1.0 + abs(x)) * (1.0 + abs(x))) : NAN",
  },
  sparse_plus: {
    math: "basic",
    forward: "x <= -1.0 ? 0.0 : x >= 1.0 ? x : 0.25 * (x + 1.0) * (x + 1.0)",
    derivative: "!isFinite(x) ? NAN : x <= -1.0 ? 0.0 : x >= 1.0 ? 1.0 : 0.5 * (x + 1.0)",
  },
  sparse_sigmoid: {
    math: "basic",
    forward: "x <= -1.0 ? 0.0 : x >= 1.0 ? 1.0 : 0.5 * (x + 1.0)",
    derivative: "abs(x) < 1.0 ? 0.5 : abs(x) == 1.0 ? 0.25 : 0.0",
  },
  squareplus: {
    math: "basic",
    forward: "0.5 * (x + sqrt_(x * x + p.x))",
    derivative: "0.5 * (1.0 + x / sqrt_(x * x + p.x))",
  },
  tanh: { math: "tanh", forward: "tanh_(x)", derivative: "sech2(x)" },
  threshold: { math: "basic", forward: "x > p.x ? x : p.y", derivative: "x > p.x ? 1.0 : 0.0", nanPasses: false },
};

// One Newton step makes up for drivers whose sqrt is rsqrt·x.
const SQRT = `
float sqrt_(float x) {
  if (x < 0.0) return NAN;
  if (x == 0.0 || floatBitsToUint(x) >= 0x7f800000u) return x;
  float y = sqrt(x);
  return y + 0.5 * (x - y * y) / y;
}
`;

/** `keras.activations.relu(x, negative_slope, max_value, threshold)`, specialised on which of them are at work. */
function reluRow([slope = 0, max = Number.POSITIVE_INFINITY, threshold = 0]: readonly number[]): UnaryRow {
  if (slope !== 0 && max === Number.POSITIVE_INFINITY && threshold === 0) return ROWS.leaky_relu;
  const open = threshold !== 0 ? "x > p.z" : "x > 0.0";
  const gate = `(${open} ? 1.0 : 0.0)`;
  const kept = `(${open} ? x : 0.0)`;
  const hasMax = max !== Number.POSITIVE_INFINITY;
  const clipped = hasMax ? `clamp_(${kept}, p.y)` : kept;
  const clipDerivative = max === 6 && threshold === 0 ? "(x < 6.0 ? 1.0 : 0.0)" : `clampDerivative(${kept}, p.y)`;
  const positive = hasMax ? `${gate} * ${clipDerivative}` : gate;
  if (slope === 0) return { math: "basic", forward: clipped, derivative: positive, nanPasses: threshold === 0 };
  const negative = "(p.z - x > 0.0 ? p.z - x : 0.0)";
  return {
    math: "basic",
    forward: `${clipped} - p.x * ${negative}`,
    derivative: `${positive} + (p.z - x > 0.0 ? p.x : 0.0)`,
  };
}

const CLAMP = `
float clamp_(float v, float hi) { return v < 0.0 ? 0.0 : v > hi ? hi : v; }
float clampDerivative(float v, float hi) { return v < 0.0 || v > hi ? 0.0 : v == 0.0 || v == hi ? 0.5 : 1.0; }
`;

/** What distinguishes programs: the name, and for relu which of its parameters are at work. */
export function unaryKey({ name, params }: UnaryFn): string {
  if (name !== "relu") return name;
  const [slope = 0, max = Number.POSITIVE_INFINITY, threshold = 0] = params;
  return `relu${slope !== 0 ? "s" : ""}${max === 6 ? "6" : max !== Number.POSITIVE_INFINITY ? "m" : ""}${threshold !== 0 ? "t" : ""}`;
}

/** `u_f` for a function: its parameters, infinities made finite where no program reads them. */
export function unaryFloats(fn: UnaryFn | null): Float32Array | null {
  if (!fn || fn.params.length === 0) return null;
  const floats = new Float32Array(4);
  floats.set(fn.params.slice(0, 4));
  return floats;
}

/** GLSL `vec4 name(vec4)`: the function, or its derivative (at NaN as its comparisons fall, like JAX's). */
export function unarySource(fn: UnaryFn, what: "forward" | "derivative", name: string): string {
  const row = fn.name === "relu" ? reluRow(fn.params) : ROWS[fn.name];
  const guard = what === "derivative" || row.nanPasses === false ? "" : "if (isNaN(x)) return x;";
  return `${mathSource(row.math)}${SQRT}${CLAMP}
float ${name}(float x, vec4 p) { ${guard} return ${row[what]}; }
vec4 ${name}(vec4 v) { return vec4(${name}(v.x, u_f), ${name}(v.y, u_f), ${name}(v.z, u_f), ${name}(v.w, u_f)); }
`;
}
