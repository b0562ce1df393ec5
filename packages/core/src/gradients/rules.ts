/**
 * The gradient of every op, written with ops, so that it runs on tensors and can be traced. A rule returns one function
 * an operand; only those that are needed are called.
 */
import type { ConvFilterGradOp, ConvOp, ConvTransposeOp, Op, OpKind, Shape } from "../op/op.ts";
import { broadcastShape } from "../op/output-shape.ts";
import {
  add,
  broadcastTo,
  divide,
  equal,
  exp,
  greater,
  multiply,
  negative,
  reshape,
  slice,
  subtract,
  sum,
  transpose,
} from "../ops/index.ts";
import { run } from "../ops/run.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import { scalar } from "../tf.ts";
import { transposedResample } from "./transposed-resample.ts";

export interface GradientContext<O extends Op = Op> {
  readonly op: O;
  readonly inputShapes: readonly Shape[];
  /** Data operand i, where `SAVED` says that the rule needs it. */
  input(i: number): Value;
  /** The kernel, likewise. */
  kernel(): Value;
  output(): Value;
  readonly dy: Value;
}

export interface OperandGradients {
  readonly inputs: readonly (() => Value)[];
  /** Kernel only: a bias never reaches an op on the tape (it joins an epilogue when a plan is fused). */
  readonly kernel?: () => Value;
}

type Rule<K extends OpKind> = (ctx: GradientContext<Extract<Op, { kind: K }>>) => OperandGradients;

/**
 * What a rule reads again; the tape keeps no more than this. tfjs records the copy of a saved output before the op itself,
 * so that no gradient flows back through it: an output serves only where none should (comparisons).
 */
export const SAVED: Readonly<
  Record<OpKind, { readonly inputs: number; readonly kernel: boolean; readonly output: boolean }>
> = {
  conv: { inputs: 1, kernel: true, output: false },
  conv_transpose: { inputs: 1, kernel: true, output: false },
  separable: { inputs: 0, kernel: false, output: false },
  conv_filter_grad: { inputs: 2, kernel: false, output: false },
  unary: { inputs: 1, kernel: false, output: false },
  unary_grad: { inputs: 0, kernel: false, output: false },
  binary: { inputs: 2, kernel: false, output: false },
  elementwise: { inputs: 0, kernel: false, output: false },
  reduce: { inputs: 1, kernel: false, output: true },
  softmax: { inputs: 1, kernel: false, output: false },
  sparsemax: { inputs: 1, kernel: false, output: false },
  sparsemax_grad: { inputs: 0, kernel: false, output: false },
  transpose: { inputs: 0, kernel: false, output: false },
  reshape: { inputs: 0, kernel: false, output: false },
  broadcast: { inputs: 0, kernel: false, output: false },
  slice: { inputs: 0, kernel: false, output: false },
  pad: { inputs: 0, kernel: false, output: false },
  concat: { inputs: 0, kernel: false, output: false },
  pool: { inputs: 1, kernel: false, output: false },
  pool_grad: { inputs: 0, kernel: false, output: false },
  resample: { inputs: 0, kernel: false, output: false },
  select: { inputs: 1, kernel: false, output: false },
  gather: { inputs: 1, kernel: false, output: false },
  gather_grad: { inputs: 1, kernel: false, output: false },
};

/** Rules by op kind; kinds that are gradients of element-wise functions have none (no second derivative yet), nor those that only plans make. */
export const RULES: { readonly [K in OpKind]?: Rule<K> } = {
  conv: ({ op, input, kernel, dy, inputShapes: [x = []] }) => ({
    inputs: [() => run(inputGradient(op, x), [dy], [kernel()])],
    kernel: () => run(filterGradient(op), [input(0), dy]),
  }),
  conv_transpose: ({ op, input, kernel, dy, inputShapes: [x = []] }) => ({
    inputs: [() => cropTo(run(forwardOfTranspose(op, x), [dy], [kernel()]), x)],
    kernel: () => run(filterGradientOfTranspose(op), [dy, input(0)]),
  }),
  conv_filter_grad: ({ op, input, dy, inputShapes: [x = [], g = []] }) => {
    const forward = forwardOfFilterGradient(op, x, g);
    return {
      inputs: [() => run(inputGradient(forward, x), [input(1)], [dy]), () => run(forward, [input(0)], [dy])],
    };
  },
  unary: ({ op, input, dy }) => ({
    // a·x + b needs no x; keeping it a plain product also gives it a second derivative.
    inputs: [
      () =>
        op.fn.name === "affine"
          ? multiply(dy, op.fn.params[0] ?? 1)
          : run({ kind: "unary_grad", fn: op.fn }, [input(0), dy]),
    ],
  }),
  binary: ({ op, input, dy, inputShapes: [a = [], b = []] }) => {
    const left = (g: Value) => sumTo(g, a);
    const right = (g: Value) => sumTo(g, b);
    const pick = (winner: () => Value, loser: () => Value) => () =>
      multiply(dy, add(greater(winner(), loser()), multiply(equal(winner(), loser()), 0.5)));
    const [x, y] = [() => input(0), () => input(1)];
    switch (op.fn) {
      case "add":
        return { inputs: [() => left(dy), () => right(dy)] };
      case "sub":
        return { inputs: [() => left(dy), () => right(negative(dy))] };
      case "mul":
        return { inputs: [() => left(multiply(dy, y())), () => right(multiply(dy, x()))] };
      case "div":
        return {
          inputs: [() => left(divide(dy, y())), () => right(negative(multiply(dy, divide(x(), multiply(y(), y())))))],
        };
      case "maximum":
        return { inputs: [() => left(pick(x, y)()), () => right(pick(y, x)())] };
      case "minimum":
        return { inputs: [() => left(pick(y, x)()), () => right(pick(x, y)())] };
      case "greater":
      case "equal":
        return { inputs: [() => zeros(a), () => zeros(b)] };
    }
  },
  reduce: ({ op, dy, input, output, inputShapes: [x = []] }) => ({
    inputs: [
      () => {
        const kept = x.map((n, i) => (op.axes.includes(i) ? 1 : n));
        if (op.fn === "max") {
          // Equal maxima share dy evenly.
          const winners = equal(input(0), reshape(output(), kept));
          return multiply(winners, divide(reshape(dy, kept), sum(winners, { axis: op.axes, keepdims: true })));
        }
        const count = op.axes.reduce((product, i) => product * (x[i] ?? 1), 1);
        const scaled = op.fn === "mean" ? multiply(dy, 1 / count) : dy;
        return broadcastTo(reshape(scaled, kept), x);
      },
    ],
  }),
  softmax: ({ op, input, dy }) => ({
    inputs: [
      () => {
        const y = run(op, [input(0)]);
        if (op.log) return subtract(dy, multiply(exp(y), sum(dy, { axis: -1, keepdims: true })));
        return multiply(y, subtract(dy, sum(multiply(dy, y), { axis: -1, keepdims: true })));
      },
    ],
  }),
  sparsemax: ({ input, dy }) => ({ inputs: [() => run({ kind: "sparsemax_grad" }, [input(0), dy])] }),
  transpose: ({ op, dy }) => ({
    inputs: [
      () =>
        transpose(
          dy,
          op.perm.map((_, i) => op.perm.indexOf(i)),
        ),
    ],
  }),
  reshape: ({ dy, inputShapes: [x = []] }) => ({ inputs: [() => reshape(dy, x)] }),
  broadcast: ({ dy, inputShapes: [x = []] }) => ({ inputs: [() => sumTo(dy, x)] }),
  slice: ({ op, dy, inputShapes: [x = []] }) => ({
    inputs: [
      () => {
        const padding = x.map((n, i) => {
          const before = op.begin[i] ?? 0;
          return [before, n - before - (op.size[i] ?? 0)] as const;
        });
        return run({ kind: "pad", padding, value: 0 }, [dy]);
      },
    ],
  }),
  pad: ({ op, dy, inputShapes: [x = []] }) => ({
    inputs: [
      () =>
        slice(
          dy,
          op.padding.map(([before]) => before),
          x,
        ),
    ],
  }),
  pool: ({ op, input, dy, inputShapes: [x = []] }) => ({
    inputs: [
      () =>
        run(
          { kind: "pool_grad", fn: op.fn, axes: op.axes, inputSize: x.slice(1, -1) },
          op.fn === "max" ? [dy, input(0)] : [dy],
        ),
    ],
  }),
  resample: ({ op, dy, inputShapes: [x = []] }) => ({
    inputs: [() => run(transposedResample(op, x[op.axis] ?? 0), [dy])],
  }),
  select: ({ input, dy, inputShapes: [c = [], a = [], b = []] }) => ({
    inputs: [
      () => zeros(c),
      () => sumTo(run({ kind: "select" }, [input(0), dy, scalar(0)]), a),
      () => sumTo(run({ kind: "select" }, [input(0), scalar(0), dy]), b),
    ],
  }),
  gather: ({ input, dy, inputShapes: [indices = [], table = []] }) => ({
    inputs: [() => zeros(indices), () => run({ kind: "gather_grad", rows: table[0] ?? 0 }, [input(0), dy])],
  }),
  gather_grad: ({ op, input, dy, inputShapes: [indices = []] }) => ({
    inputs: [
      () => zeros(indices),
      () => {
        // A dy whose index is outside the table went nowhere: its row would be NaN and is 0 (JAX: scatter-add, transposed).
        const present = equal(run({ kind: "gather" }, [input(0), broadcastTo(scalar(1), [op.rows, 1])]), scalar(1));
        return run({ kind: "select" }, [present, run({ kind: "gather" }, [input(0), dy]), scalar(0)]);
      },
    ],
  }),
  concat: ({ op, dy, inputShapes }) => ({
    inputs: inputShapes.map((shape, i) => () => {
      const offset = inputShapes.slice(0, i).reduce((total, s) => total + (s[op.axis] ?? 0), 0);
      return slice(
        dy,
        shape.map((_, axis) => (axis === op.axis ? offset : 0)),
        shape,
      );
    }),
  }),
};

/** dx of conv: the transposed convolution with the same kernel memory. */
function inputGradient(op: ConvOp, x: Shape): ConvTransposeOp {
  return {
    kind: "conv_transpose",
    kernelSize: op.kernelSize,
    strides: op.strides,
    dilation: op.dilation,
    groups: op.groups,
    inChannels: op.outChannels,
    outChannels: op.inChannels,
    crop: op.padding.map(([before]) => before),
    outputSize: x.slice(1, -1),
    bias: false,
    activation: null,
  };
}

function filterGradient(op: ConvOp): ConvFilterGradOp {
  const { kernelSize, strides, dilation, groups, inChannels, outChannels } = op;
  return {
    kind: "conv_filter_grad",
    kernelSize,
    strides,
    dilation,
    groups,
    inChannels,
    outChannels,
    padBefore: op.padding.map(([before]) => before),
  };
}

/** dx of a transposed convolution: the convolution that reads exactly what position i wrote. */
function forwardOfTranspose(op: ConvTransposeOp, x: Shape): ConvOp {
  return {
    kind: "conv",
    kernelSize: op.kernelSize,
    strides: op.strides,
    dilation: op.dilation,
    groups: op.groups,
    inChannels: op.outChannels,
    outChannels: op.inChannels,
    padding: op.kernelSize.map((k, i) => {
      const n = x[i + 1] ?? 0;
      const crop = op.crop[i] ?? 0;
      const reach = (n - 1) * (op.strides[i] ?? 1) + (k - 1) * (op.dilation[i] ?? 1) + 1;
      return [crop, Math.max(reach - crop - (op.outputSize[i] ?? 0), 0)] as const;
    }),
    bias: false,
    activation: null,
  };
}

function filterGradientOfTranspose(op: ConvTransposeOp): ConvFilterGradOp {
  const { kernelSize, strides, dilation, groups, inChannels, outChannels } = op;
  return {
    kind: "conv_filter_grad",
    kernelSize,
    strides,
    dilation,
    groups,
    inChannels: outChannels,
    outChannels: inChannels,
    padBefore: op.crop,
  };
}

/** The convolution whose filter gradient `op` is, for inputs x and upstream gradients g. */
function forwardOfFilterGradient(op: ConvFilterGradOp, x: Shape, g: Shape): ConvOp {
  const { kernelSize, strides, dilation, groups, inChannels, outChannels } = op;
  const padding = kernelSize.map((k, i) => {
    const before = op.padBefore[i] ?? 0;
    const reach = ((g[i + 1] ?? 1) - 1) * (strides[i] ?? 1) + (k - 1) * (dilation[i] ?? 1) + 1;
    return [before, Math.max(reach - before - (x[i + 1] ?? 0), 0)] as const;
  });
  return {
    kind: "conv",
    kernelSize,
    strides,
    dilation,
    groups,
    inChannels,
    outChannels,
    padding,
    bias: false,
    activation: null,
  };
}

/** Sums a gradient over the axes along which an operand was broadcast. */
function sumTo(g: Value, shape: Shape): Value {
  const from = shapeOf(g);
  const rank = from.length;
  const axes = from.flatMap((n, i) => {
    const target = shape[i - rank + shape.length] ?? 1;
    return target === 1 && (n !== 1 || i < rank - shape.length) ? [i] : [];
  });
  const summed = axes.length > 0 ? sum(g, { axis: axes, keepdims: true }) : g;
  return shapeOf(summed).length === shape.length ? broadcastBack(summed, shape) : reshape(summed, shape);
}

/** A gradient may itself be narrower than its operand (a comparison's is), never wider. */
function broadcastBack(g: Value, shape: Shape): Value {
  const same = broadcastShape(shapeOf(g), shape).every((n, i) => n === shapeOf(g)[i]);
  return same ? g : broadcastTo(g, shape);
}

/** The first axes of y cut to x's spatial size. */
function cropTo(y: Value, x: Shape): Value {
  const shape = shapeOf(y);
  const target = shape.map((n, i) => (i === 0 || i === shape.length - 1 ? n : (x[i] ?? n)));
  return target.every((n, i) => n === shape[i])
    ? y
    : slice(
        y,
        shape.map(() => 0),
        target,
      );
}

function zeros(shape: Shape): Value {
  return broadcastTo(scalar(0), shape);
}

/** The gradients of one call, or null where the op has none. */
export function gradientOf(ctx: GradientContext): OperandGradients | null {
  const rule = RULES[ctx.op.kind] as ((ctx: GradientContext) => OperandGradients) | undefined;
  return rule ? rule(ctx) : null;
}
