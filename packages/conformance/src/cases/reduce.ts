/** Sums, means and maxima over every subset of axes; softmax and sparsemax rows of every length. */
import type { Shape } from "@keras-ts/core";
import type { Family, OpCase } from "./op-case.ts";

const shapes: readonly Shape[] = [[13], [5, 7], [3, 4, 6], [2, 3, 4, 5], [2, 3, 2, 3, 5]];

function subsets(rank: number): number[][] {
  const axes = Array.from({ length: rank }, (_, i) => i);
  return Array.from({ length: 2 ** rank }, (_, code) => axes.filter((axis) => Math.floor(code / 2 ** axis) % 2 === 1));
}

function sum(shape: Shape, axes: number[], options: { fn?: "sum" | "mean" | "max"; keepdims?: boolean } = {}): OpCase {
  const { fn = "sum", keepdims = false } = options;
  return {
    name: `${fn} of [${shape}] over [${axes}]${keepdims ? ", kept" : ""}`,
    op: { kind: "reduce", fn, axes, keepdims },
    inputs: [shape],
  };
}

const everySubset = shapes.flatMap((shape) =>
  subsets(shape.length).flatMap((axes, i) => [
    sum(shape, axes, { fn: i % 2 === 0 ? "sum" : "mean", keepdims: i % 3 === 0 }),
    sum(shape, axes, { fn: "max", keepdims: i % 3 === 1 }),
  ]),
);

const edges: readonly OpCase[] = [
  sum([], []),
  sum([4, 1, 3], [1]),
  sum([1, 1], [0, 1], { keepdims: true }),
  sum([0, 3], [0]),
  sum([3, 0], [0]),
  sum([2, 0], [1], { fn: "mean" }),
  sum([5000], [0]),
  sum([5000], [0], { fn: "mean" }),
  sum([3, 1025], [1], { fn: "mean" }),
  sum([1025, 3], [0]),
  sum([4, 9, 9, 20], [1, 2], { fn: "mean" }),
  sum([4, 9, 9, 20], [0, 1, 2]),
  sum([0, 3], [0], { fn: "max" }),
  sum([3, 0], [0], { fn: "max" }),
  sum([5000], [0], { fn: "max" }),
  sum([3, 1025], [1], { fn: "max" }),
  sum([1025, 3], [0], { fn: "max" }),
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap((value) =>
    (["sum", "max"] as const).flatMap((fn) =>
      [0, 1].map((axis) => ({
        ...sum([4, 6], [axis], { fn }),
        name: `${fn} over ${axis} with a ${value}`,
        pokes: [{ operand: 0, index: 9, value }],
      })),
    ),
  ),
  {
    ...sum([3, 5], [1], { fn: "max" }),
    name: "max of −inf only",
    data: [new Float32Array(15).fill(Number.NEGATIVE_INFINITY)],
  },
];

const rows = [1, 2, 3, 4, 5, 7, 8, 9, 10, 16, 17, 31, 33, 100, 257];

function softmaxCases(log: boolean): OpCase[] {
  const name = log ? "log_softmax" : "softmax";
  const op = { kind: "softmax", log } as const;
  const row = (label: string, ...values: number[]): OpCase => ({
    name: `${name} ${label}`,
    op,
    inputs: [[2, values.length]],
    data: [Float32Array.from([...values, ...values.map((_, i) => i / 2)])],
  });
  const inf = Number.POSITIVE_INFINITY;
  return [
    ...rows.map((n): OpCase => ({ name: `${name} of ${n}`, op, inputs: [[3, n]] })),
    { name: `${name} of [2,3,4,5]`, op, inputs: [[2, 3, 4, 5]] },
    { name: `${name} of [5]`, op, inputs: [[5]] },
    { name: `${name} of [0,5]`, op, inputs: [[0, 5]] },
    row("of large numbers", 1000, 1001, 998, 1000.5, 3),
    row("far apart", -200, 0, 50, -3, 49),
    row("with −inf", 1, -inf, 2, 0.5, -inf),
    row("of −inf only", -inf, -inf, -inf),
    row("with inf", 1, inf, 2),
    row("with NaN", 1, Number.NaN, 2, -inf),
  ];
}

function sparsemaxCases(): OpCase[] {
  return [1, 2, 3, 4, 5, 7, 16]
    .flatMap((n): OpCase[] => [
      { name: `sparsemax of ${n}`, op: { kind: "sparsemax" }, inputs: [[3, n]] },
      {
        name: `sparsemax_grad of ${n}`,
        op: { kind: "sparsemax_grad" },
        inputs: [
          [3, n],
          [3, n],
        ],
      },
    ])
    .concat([
      { name: "sparsemax of [2,3,4,5]", op: { kind: "sparsemax" }, inputs: [[2, 3, 4, 5]] },
      {
        name: "sparsemax_grad of [2,3,4,5]",
        op: { kind: "sparsemax_grad" },
        inputs: [
          [2, 3, 4, 5],
          [2, 3, 4, 5],
        ],
      },
      {
        name: "sparsemax of one winner",
        op: { kind: "sparsemax" },
        inputs: [[1, 3]],
        data: [Float32Array.of(0.1, 0.2, 0.9)],
      },
      {
        name: "sparsemax with ties",
        op: { kind: "sparsemax" },
        inputs: [[2, 4]],
        data: [Float32Array.of(1, 1, 0.25, 0.25, 3, 1, 0, 0)],
      },
      {
        name: "sparsemax_grad with ties",
        op: { kind: "sparsemax_grad" },
        inputs: [
          [2, 4],
          [2, 4],
        ],
        data: [Float32Array.of(1, 1, 0.25, 0.25, 3, 1, 0, 0), Float32Array.of(1, -2, 3, 0.5, 1, 2, 3, 4)],
      },
    ]);
}

export const reduceFamilies: readonly Family[] = [
  { name: "reduce", cases: [...everySubset, ...edges] },
  { name: "softmax", cases: [...softmaxCases(false), ...softmaxCases(true)] },
  { name: "sparsemax", cases: sparsemaxCases() },
];
