/**
 * How much float32 rounding an op's results may carry: the K and s of the agreement formula (`tolerance.ts`) from the
 * numbers that went in. A sum's scale is the 2-norm of its terms, which is the reference run on squares.
 */
import {
  type ElementwiseOp,
  type Epilogue,
  type GatherGradOp,
  type Op,
  outputShape,
  type PoolGradOp,
  type PoolOp,
  type ResampleOp,
  type SeparableOp,
  type UnaryFn,
  weightCount,
} from "@keras-ts/core";
import { AGREEMENT, FLOAT32_EPSILON, type Rounding, toleranceAt } from "../tolerance.ts";
import { elementwiseValues } from "./elementwise.ts";
import { gatherGrad } from "./gather.ts";
import { at, type NumberArray, operandOf } from "./operand.ts";
import { largestWindow, mostWindows, pool, poolGrad } from "./pool.ts";
import { termsOf } from "./reduce.ts";
import { linear, reference } from "./reference.ts";
import { resample } from "./resample.ts";
import { SELU_ALPHA, SELU_SCALE, unary } from "./unary.ts";
import { unaryDerivative } from "./unary-derivative.ts";

/** K and s behind every element of `reference(op, inputs, weights)`. */
export function roundingOf(op: Op, inputs: readonly NumberArray[], weights: readonly NumberArray[] = []): Rounding {
  const [x, dy] = inputs.map(({ values }) => values);
  if (x === undefined) return {};
  switch (op.kind) {
    case "conv":
    case "conv_transpose":
      return withActivation(op, sumRounding(op, inputs, weights), linear(op, inputs, weights));
    case "separable":
      return separableRounding(op, inputs, weights);
    case "conv_filter_grad":
      return sumRounding(op, inputs, weights);
    case "reduce":
      return op.fn === "max" ? {} : sumRounding(op, inputs, weights);
    case "pool":
    case "pool_grad":
      return op.fn === "max" && op.kind === "pool" ? {} : poolRounding(op, inputs);
    case "resample":
      return resampleRounding(op, inputs);
    case "gather_grad":
      return gatherGradRounding(op, inputs);
    case "unary":
      return { scale: Float64Array.from(x, (v) => unaryScale(op.fn, v)) };
    case "unary_grad":
      return { scale: Float64Array.from(x, (v, i) => Math.abs(at(dy ?? [], i)) * derivativeScale(op.fn, v)) };
    case "elementwise":
      return elementwiseRounding(op, inputs);
    case "softmax":
      return softmaxRounding(op.log, inputs, linear(op, inputs, weights));
    case "sparsemax":
    case "sparsemax_grad": {
      const row = inputs[0]?.shape.at(-1) ?? 1;
      return { terms: row, scale: row * inputs.reduce((top, { values }) => Math.max(top, largest(values)), 1) };
    }
    default:
      return {};
  }
}

function sumRounding(op: Op, inputs: readonly NumberArray[], weights: readonly NumberArray[]): Rounding {
  const terms = termCount(op, inputs) + (weights.length > 1 ? 1 : 0) + ("residual" in op && op.residual ? 1 : 0);
  const squares = linear(op.kind === "reduce" ? { ...op, fn: "sum" } : op, inputs.map(square), weights.map(square));
  const divisor = op.kind === "reduce" && op.fn === "mean" ? terms : 1;
  return { terms, scale: squares.map((v) => Math.sqrt(v) / divisor) };
}

/** The mean of a window, or the sum of what the windows over an element give it. */
function poolRounding(op: PoolOp | PoolGradOp, [x, chosenBy]: readonly NumberArray[]): Rounding {
  if (x === undefined) return {};
  const squares = operandOf(square(x));
  if (op.kind === "pool") {
    return { terms: largestWindow(op.axes, x.shape.slice(1, -1)), scale: pool(op, squares, 2).map(Math.sqrt) };
  }
  const shares = poolGrad(op, squares, chosenBy && operandOf(chosenBy), 2);
  return { terms: Math.max(mostWindows(op.axes, op.inputSize), 1), scale: shares.map(Math.sqrt) };
}

/** Each step rounds, the largest value on the way by the most; the cases' functions magnify nothing. */
function elementwiseRounding(op: ElementwiseOp, inputs: readonly NumberArray[]): Rounding {
  const values = elementwiseValues(op, inputs.map(operandOf));
  const scale = Float64Array.from(values.at(-1) ?? [], (_, i) =>
    values.reduce((top, list) => Math.max(top, finite(Math.abs(at(list, i)))), 0),
  );
  return { terms: op.steps.length, scale };
}

/** A sum of taps; where a single weight of 1 copies an element, nothing rounds. */
function resampleRounding(op: ResampleOp, [x]: readonly NumberArray[]): Rounding {
  if (x === undefined) return {};
  const terms = Math.max(1, ...op.weights.map((taps) => taps.length));
  if (op.weights.every((taps) => taps.length === 0 || (taps.length === 1 && taps[0] === 1))) return {};
  const weights = op.weights.map((taps) => taps.map((weight) => weight * weight));
  return { terms, scale: resample({ ...op, weights }, operandOf(square(x))).map(Math.sqrt) };
}

function gatherGradRounding({ rows }: GatherGradOp, [indices, dy]: readonly NumberArray[]): Rounding {
  if (indices === undefined || dy === undefined) return {};
  const scale = gatherGrad(rows, operandOf(indices), operandOf(square(dy))).map(Math.sqrt);
  return { terms: Math.max(1, indices.values.length), scale };
}

function termCount(op: Op, inputs: readonly NumberArray[]): number {
  const [x, dy] = inputs;
  if (x === undefined) return 1;
  switch (op.kind) {
    case "conv":
    case "conv_transpose":
      return product(op.kernelSize) * (op.inChannels / op.groups);
    case "conv_filter_grad":
      return Math.max(1, product(dy?.shape.slice(0, -1) ?? []));
    case "reduce":
      return termsOf(op, { shape: x.shape, values: new Float64Array(0) });
    default:
      return 1;
  }
}

/** What lies between the convolutions is off by a multiple of its own scale, which the second one weighs and adds like its terms. */
function separableRounding(op: SeparableOp, inputs: readonly NumberArray[], weights: readonly NumberArray[]): Rounding {
  const { depthwise, pointwise } = op;
  const first = weightCount(depthwise);
  const one = [inputs.slice(0, 1), weights.slice(0, first)] as const;
  const values = reference(depthwise, ...one);
  const middle = { shape: outputShape(depthwise, [inputs[0]?.shape ?? []]), values };
  const off = roundingOf(depthwise, ...one);
  const { scale = 0 } = off;
  const scaled = {
    ...middle,
    values: values.map((v, i) => Math.hypot(v, typeof scale === "number" ? scale : at(scale, i))),
  };
  const sums = sumRounding(pointwise, [scaled, ...inputs.slice(1)], weights.slice(first));
  const terms = (sums.terms ?? 1) + (off.terms ?? 1);
  return withActivation(pointwise, { ...sums, terms }, linear(op, inputs, weights));
}

/** The sums' rounding carried through the activation: how far it moves when its argument moves by that much. */
function withActivation(op: Epilogue, sums: Rounding, values: Float64Array): Rounding {
  const fn = op.activation;
  if (fn === null) return sums;
  const perBound = AGREEMENT.rounding * FLOAT32_EPSILON * Math.sqrt(sums.terms ?? 1);
  return {
    terms: sums.terms,
    scale: values.map((v, i) => {
      const off = toleranceAt(v, sums, i);
      const moved = Math.max(...[v - off, v + off].map((w) => Math.abs(unary(fn, w) - unary(fn, v))));
      return moved / perBound + unaryScale(fn, v);
    }),
  };
}

/** `exp(x − max)` rounds its argument by ε·|x − max|, and the row's sum by √n·ε. */
function softmaxRounding(log: boolean, [x]: readonly NumberArray[], y: Float64Array): Rounding {
  const n = x?.shape.at(-1) ?? 1;
  return {
    terms: n,
    scale: y.map((p) => (log ? 1 + Math.abs(p) : p * (1 + Math.abs(Math.log(Math.max(p, 1e-38)))))),
  };
}

/** s of `fn(x)`: |x·fn'(x)|, or what Keras's own formula adds and then cancels. */
export function unaryScale(fn: UnaryFn, x: number): number {
  const size = Math.abs(x);
  return Math.max(finite(size * Math.abs(unaryDerivative(fn, x))), cancelled(fn, size));
}

/** Terms that the formula of `unary.ts` adds though they nearly cancel; Keras's float32 value loses those digits too. */
function cancelled(fn: UnaryFn, size: number): number {
  const [p = 0, , r = 0] = fn.params;
  switch (fn.name) {
    case "affine":
      return Math.max(Math.abs(p) * size, Math.abs(fn.params[1] ?? 0));
    case "relu":
      return Math.abs(p) * Math.max(size, Math.abs(r));
    case "soft_shrink":
      return Math.max(size, p);
    case "gelu_tanh":
    case "tanh_shrink":
    case "squareplus":
      return size;
    case "hard_sigmoid":
      return 1;
    case "hard_silu":
      return size;
    default:
      return 0;
  }
}

/** s of `fn'(x)`: |x·fn''(x)| where fn' is smooth, besides what its formula cancels. */
function derivativeScale(fn: UnaryFn, x: number): number {
  const step = 1e-7;
  const here = Math.abs(unaryDerivative(fn, x));
  const [low, high] = [unaryDerivative(fn, x * (1 - step)), unaryDerivative(fn, x * (1 + step))];
  const jump = Math.abs(high - low);
  const smooth = jump <= 1e-3 * Math.max(Math.abs(low), Math.abs(high));
  return Math.max(smooth ? finite(jump / (2 * step)) : 0, finite(here), saturating(fn, x));
}

/**
 * What Keras's own derivative adds and then cancels: 1 − t² of a tanh, s·(1 − s) of a sigmoid, `expm1(x) + 1` of the elu
 * family, both terms of a quotient rule. Beyond |x| = 9 a float32 tanh is 1, beyond 17 a sigmoid is.
 */
function saturating({ name, params: [p = 1] }: UnaryFn, x: number): number {
  const size = Math.abs(x);
  switch (name) {
    case "tanh":
    case "tanh_shrink":
      return 2;
    case "gelu_tanh":
      return 1 + 0.4 * Math.min(size, 9) * (1 + 0.134 * Math.min(size, 9) ** 2); // 1 − t² times x·u'(x)/2
    case "mish":
      return 1 + 2 * Math.min(size, 9);
    case "silu":
      return 1 + Math.min(size, 17);
    case "gelu":
    case "hard_silu":
    case "squareplus":
    case "celu":
      return 1;
    case "elu":
      return Math.abs(p);
    case "selu":
      return SELU_SCALE * SELU_ALPHA;
    case "softsign":
      return 1 / (1 + size);
    case "sigmoid":
      return x > 0 ? 1 : 0;
    default:
      return 0;
  }
}

function square({ shape, values }: NumberArray): NumberArray {
  return { shape, values: Float64Array.from(values, (v) => v * v) };
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((top, v) => Math.max(top, finite(Math.abs(v))), 0);
}

function finite(v: number): number {
  return Number.isFinite(v) ? v : 0;
}

function product(list: readonly number[]): number {
  return list.reduce((a, b) => a * b, 1);
}
