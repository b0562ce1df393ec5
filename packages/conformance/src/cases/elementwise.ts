/** Chains of element-wise steps: gates on slices of one input, operands broadcast along rows, columns and images, chunks and their borders. */
import type { ElementwiseOp, ElementwiseStep, ElementwiseView, Shape, UnaryFn } from "@keras-ts/core";
import { type Family, fn, type OpCase, type Poke } from "./op-case.ts";

type Name = Extract<ElementwiseStep["fn"], string>;

function chain(shape: Shape, views: readonly ElementwiseView[], steps: readonly ElementwiseStep[]): ElementwiseOp {
  return { kind: "elementwise", shape, views, steps };
}

function one(f: UnaryFn, x: number): ElementwiseStep {
  return { fn: f, operands: [x] };
}

function two(name: Name, a: number, b: number): ElementwiseStep {
  return { fn: name, operands: [a, b] };
}

/** The whole of an input. */
function whole(input: number): ElementwiseView {
  return { input, part: null };
}

/** Part `i` of the last axis, cut in parts of the output's length. */
function gate(input: number, output: Shape, i: number): ElementwiseView {
  const last = output.length - 1;
  return {
    input,
    part: { begin: output.map((_, axis) => (axis === last ? i * (output[last] ?? 0) : 0)), size: output },
  };
}

const sigmoid = fn("sigmoid");
const tanh = fn("tanh");
const complement = fn("affine", -1, 1);

/** σ(f)·c + σ(i)·tanh(g) of the gates i, f, g, o side by side: a carry state of an LSTM. */
function carryCase(shape: Shape, pokes: readonly Poke[] = []): OpCase {
  const gates = [...shape.slice(0, -1), 4 * (shape.at(-1) ?? 0)];
  const views = [gate(0, shape, 1), whole(1), gate(0, shape, 0), gate(0, shape, 2)];
  const steps = [one(sigmoid, 0), two("mul", 4, 1), one(sigmoid, 2), one(tanh, 3), two("mul", 6, 7), two("add", 5, 8)];
  const name = `carry [${shape}]${pokes.length > 0 ? ", one NaN" : ""}`;
  return { name, op: chain(shape, views, steps), inputs: [gates, shape], optional: true, pokes };
}

/** z·h + (1 − z)·tanh(x), z read twice; x is the second step of a sequence of three. */
function mixedCase(shape: Shape): OpCase {
  const [batch = 1, ...rest] = shape;
  const step: ElementwiseView = { input: 2, part: { begin: [batch, ...rest.map(() => 0)], size: shape } };
  const steps = [
    one(sigmoid, 0),
    one(complement, 3),
    one(tanh, 2),
    two("mul", 4, 5),
    two("mul", 3, 1),
    two("add", 7, 6),
  ];
  const op = chain(shape, [whole(0), whole(1), step], steps);
  return { name: `mixed [${shape}]`, op, inputs: [shape, shape, [3 * batch, ...rest]], optional: true };
}

/** (a − b)·c + d, each broadcast. */
function broadcastCase(shape: Shape, b: Shape, c: Shape, d: Shape): OpCase {
  const steps = [two("sub", 0, 1), two("mul", 4, 2), two("add", 5, 3)];
  const op = chain(shape, [whole(0), whole(1), whole(2), whole(3)], steps);
  return { name: `(a − b)·c + d [${[shape, b, c, d].join("] [")}]`, op, inputs: [shape, b, c, d], optional: true };
}

/** One of each two-operand function, both operands the same part, on either side of a broadcast row. */
function functionCase(name: Name): OpCase {
  const shape = [3, 7];
  const steps = [two(name, 0, 1), two(name, 1, 2), two("add", 2, 3)];
  const inner: ElementwiseView = { input: 0, part: { begin: [1, 2], size: shape } };
  const op = chain(shape, [inner, whole(1)], steps);
  return { name: `${name} of a part`, op, inputs: [[5, 11], [7]], fill: "positive", optional: true };
}

const nan = [{ operand: 0, index: 2, value: Number.NaN }];

export const elementwiseFamilies: readonly Family[] = [
  {
    name: "elementwise",
    cases: [
      ...[
        [1, 1, 1],
        [1, 1, 3],
        [1, 1, 4],
        [2, 1, 5],
        [3, 1, 16],
        [1, 1, 1024],
        [2, 1, 1025],
        [1, 5, 6, 7],
      ].map((shape) => carryCase(shape)),
      carryCase([2, 1, 5], nan),
      ...[
        [1, 1, 128],
        [2, 1, 7],
        [1, 3, 4, 5],
      ].map(mixedCase),
      broadcastCase([5, 9], [5, 1], [9], []),
      broadcastCase([40, 3], [3], [40, 1], [40, 3]),
      broadcastCase([2, 3, 4, 5], [2, 1, 1, 5], [5], [2, 3, 4, 5]),
      broadcastCase([2, 3, 4, 5], [2, 1, 1, 1], [5], [1]),
      broadcastCase([70, 70], [70, 70], [1, 1], [70, 70]),
      broadcastCase([300, 5], [5], [300, 1], [300, 5]),
      broadcastCase([200, 8, 8], [1, 8, 1], [8], [200, 8, 8]),
      broadcastCase([3, 300, 6], [3, 1, 6], [1, 300, 1], [3, 300, 6]),
      broadcastCase([2, 40, 31], [2, 1, 1], [40, 31], [2, 40, 1]),
      broadcastCase([4, 1030], [4, 1], [1030], [4, 1030]),
      broadcastCase([0, 4], [4], [], [0, 4]),
      broadcastCase([], [], [], []),
      ...(["add", "sub", "mul", "div", "maximum", "minimum", "greater", "equal"] as const).map(functionCase),
    ],
  },
];
