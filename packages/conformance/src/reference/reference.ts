/** The float64 oracle: every op kind by the plainest loops, for a reader to check in a minute each. */
import { type Epilogue, type Op, outputShape, type UnaryFn, weightCount } from "@keras-ts/core";
import { binary, broadcast, select } from "./binary.ts";
import { conv, convFilterGrad, convTranspose } from "./conv.ts";
import { elementwise } from "./elementwise.ts";
import { gather, gatherGrad } from "./gather.ts";
import { concat, pad, slice, transpose } from "./layout.ts";
import { at, type NumberArray, type Operand, operandOf } from "./operand.ts";
import { pool, poolGrad } from "./pool.ts";
import { reduce } from "./reduce.ts";
import { resample } from "./resample.ts";
import { softmax, sparsemax, sparsemaxGrad } from "./softmax.ts";
import { unary } from "./unary.ts";
import { unaryDerivative } from "./unary-derivative.ts";

/**
 * What `op` computes on data inputs and weights (kernel, then bias, in the shapes of `weightShapes`), in float64 and
 * row-major order of `outputShape(op, …)`.
 */
export function reference(op: Op, inputs: readonly NumberArray[], weights: readonly NumberArray[] = []): Float64Array {
  if (weights.length !== weightCount(op)) {
    throw new RangeError(`${op.kind} takes ${weightCount(op)} weights. Received: ${weights.length}.`);
  }
  const sums = linear(op, inputs, weights);
  if (op.kind === "separable") return activate(sums, op.pointwise.activation);
  if (op.kind !== "conv" && op.kind !== "conv_transpose") return sums;
  return activate(sums, op.activation);
}

/** `fn` of every element; null is the identity. */
export function activate(values: Float64Array, fn: UnaryFn | null): Float64Array {
  return fn === null ? values : values.map((v) => unary(fn, v));
}

/** The op without its epilogue's activation: for convolutions the sums, with bias and residual. */
export function linear(op: Op, inputs: readonly NumberArray[], weights: readonly NumberArray[]): Float64Array {
  const operands = inputs.map(operandOf);
  const [x = NOTHING, dy = NOTHING, third = NOTHING] = operands;
  switch (op.kind) {
    case "conv":
      return withResidual(op, addBias(conv(op, x, kernelOf(weights), outputShape(op, [x.shape])), weights), dy);
    case "conv_transpose":
      return withResidual(
        op,
        addBias(convTranspose(op, x, kernelOf(weights), outputShape(op, [x.shape])), weights),
        dy,
      );
    case "separable": {
      const first = weightCount(op.depthwise);
      const values = reference(op.depthwise, inputs.slice(0, 1), weights.slice(0, first));
      const middle = { shape: outputShape(op.depthwise, [x.shape]), values };
      return linear(op.pointwise, [middle, ...inputs.slice(1)], weights.slice(first));
    }
    case "conv_filter_grad":
      return convFilterGrad(op, x, dy);
    case "unary":
      return x.values.map((v) => unary(op.fn, v));
    case "unary_grad":
      return x.values.map((v, i) => at(dy.values, i) * unaryDerivative(op.fn, v));
    case "binary":
      return binary(op.fn, x, dy);
    case "elementwise":
      return elementwise(op, operands);
    case "reduce":
      return reduce(op, x);
    case "softmax":
      return softmax(x, op.log);
    case "sparsemax":
      return sparsemax(x);
    case "sparsemax_grad":
      return sparsemaxGrad(x, dy);
    case "transpose":
      return transpose(x, op.perm);
    case "reshape":
      return x.values;
    case "broadcast":
      return broadcast(x, op.shape);
    case "slice":
      return slice(x, op.begin, op.size);
    case "pad":
      return pad(op, x);
    case "pool":
      return pool(op, x);
    case "pool_grad":
      return poolGrad(op, x, operands[1]);
    case "resample":
      return resample(op, x);
    case "select":
      return select(x, dy, third);
    case "gather":
      return gather(x, dy);
    case "gather_grad":
      return gatherGrad(op.rows, x, dy);
    case "concat":
      return concat(operands, op.axis);
  }
}

function withResidual({ residual = false }: Epilogue, sums: Float64Array, other: Operand): Float64Array {
  return residual ? sums.map((v, i) => v + at(other.values, i)) : sums;
}

const NOTHING: Operand = { shape: [0], values: new Float64Array(0) };

function kernelOf([kernel]: readonly NumberArray[]): Operand {
  return kernel === undefined ? NOTHING : operandOf(kernel);
}

/** `sums[…, f] + bias[f]`. */
function addBias(sums: Float64Array, [, bias]: readonly NumberArray[]): Float64Array {
  return bias === undefined ? sums : sums.map((v, i) => v + at(bias.values, i % bias.values.length));
}
