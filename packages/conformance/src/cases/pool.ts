/** Pooling and its gradient: windows apart, adjoining, overlapping and adaptive, in one to three dimensions. */
import { outputShape, type PoolAxis, type PoolGradOp, type PoolOp, type Shape } from "@keras-ts/core";
import type { Family, Fill, OpCase } from "./op-case.ts";

/** Windows of `size` every `stride`, as many as fit in `n` positions with `before` and `after` outside it. */
export function poolAxis(n: number, size: number, stride: number, before = 0, after = 0): PoolAxis {
  const outputSize = Math.floor((n + before + after - size) / stride) + 1;
  return { outputSize, step: stride, divisor: 1, reach: size, before };
}

/** `o` windows that cover `n` positions, the i-th being `[floor(i·n/o), ceil((i+1)·n/o))`. */
export function adaptiveAxis(n: number, o: number): PoolAxis {
  return { outputSize: o, step: n, divisor: o, reach: n + o - 1, before: 0 };
}

interface Windows {
  readonly label: string;
  readonly axes: readonly PoolAxis[];
  readonly input: Shape;
}

const FUNCTIONS = ["max", "mean"] as const;

/** The op and its gradient, maximum and mean. */
function poolCases({ label, axes, input }: Windows, fill: Fill = "uniform"): OpCase[] {
  return FUNCTIONS.flatMap((fn): OpCase[] => {
    const op: PoolOp = { kind: "pool", fn, axes };
    const grad: PoolGradOp = { kind: "pool_grad", fn, axes, inputSize: input.slice(1, -1) };
    const output = outputShape(op, [input]);
    return [
      { name: `${fn} ${label} on [${input}]`, op, inputs: [input], fill },
      { name: `${fn} ${label} on [${input}], gradient`, op: grad, inputs: gradientInputs(fn, output, input), fill },
    ];
  });
}

function gradientInputs(fn: PoolOp["fn"], output: Shape, input: Shape): Shape[] {
  return fn === "max" ? [output, input] : [output];
}

const channels = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33];

const swept: readonly Windows[] = [
  ...channels.map((c) => ({ label: "2x2", axes: [poolAxis(5, 2, 2), poolAxis(6, 2, 2)], input: [1, 5, 6, c] })),
  ...channels.map((c) => ({ label: "3 by 1", axes: [poolAxis(7, 3, 1, 1, 1)], input: [2, 7, c] })),
  ...channels.map((c) => ({ label: "adaptive 3", axes: [adaptiveAxis(7, 3)], input: [2, 7, c] })),
  ...[1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33].map((n) => ({
    label: "3x3 by 2 same",
    axes: [poolAxis(4, 3, 2, 0, 1), n % 2 === 0 ? poolAxis(n, 3, 2, 0, 1) : poolAxis(n, 3, 2, 1, 1)],
    input: [1, 4, n, 4],
  })),
];

const windows: readonly Windows[] = [
  { label: "1 by 1", axes: [poolAxis(5, 1, 1)], input: [2, 5, 3] },
  { label: "2 by 2", axes: [poolAxis(7, 2, 2)], input: [2, 7, 3] },
  { label: "2 by 3, gaps", axes: [poolAxis(11, 2, 3)], input: [2, 11, 3] },
  { label: "1 by 4, gaps", axes: [poolAxis(10, 1, 4)], input: [1, 10, 5] },
  { label: "5 by 2, overlapping", axes: [poolAxis(12, 5, 2)], input: [1, 12, 4] },
  { label: "whole axis", axes: [poolAxis(9, 9, 1)], input: [2, 9, 6] },
  { label: "wider than the input", axes: [poolAxis(3, 8, 1, 3, 4)], input: [2, 3, 4] },
  { label: "wider than the input, by 2", axes: [poolAxis(4, 9, 2, 3, 4)], input: [1, 4, 4] },
  { label: "padded before only", axes: [poolAxis(6, 3, 1, 2, 0)], input: [1, 6, 4] },
  { label: "mixed", axes: [poolAxis(6, 3, 1, 1, 1), poolAxis(7, 2, 3)], input: [2, 6, 7, 5] },
  { label: "4x1", axes: [poolAxis(8, 4, 4), poolAxis(5, 1, 1)], input: [1, 8, 5, 8] },
  { label: "1x4", axes: [poolAxis(5, 1, 1), poolAxis(8, 4, 4)], input: [1, 5, 8, 8] },
  { label: "global", axes: [poolAxis(7, 7, 7), poolAxis(5, 5, 5)], input: [3, 7, 5, 9] },
  {
    label: "2x2x2",
    axes: [poolAxis(4, 2, 2), poolAxis(5, 2, 2), poolAxis(6, 2, 2)],
    input: [1, 4, 5, 6, 3],
  },
  {
    label: "3x2x3 overlapping",
    axes: [poolAxis(4, 3, 1, 1, 1), poolAxis(4, 2, 1, 0, 1), poolAxis(3, 3, 2, 1, 1)],
    input: [2, 4, 4, 3, 2],
  },
  { label: "adaptive 1", axes: [adaptiveAxis(7, 1)], input: [2, 7, 3] },
  { label: "adaptive to the same size", axes: [adaptiveAxis(6, 6)], input: [2, 6, 3] },
  { label: "adaptive to a divisor", axes: [adaptiveAxis(12, 4)], input: [1, 12, 5] },
  { label: "adaptive 5 of 7", axes: [adaptiveAxis(7, 5)], input: [1, 7, 4] },
  { label: "adaptive more than there is", axes: [adaptiveAxis(3, 7)], input: [2, 3, 4] },
  { label: "adaptive 10 of 1", axes: [adaptiveAxis(1, 10)], input: [1, 1, 4] },
  { label: "adaptive 4x9", axes: [adaptiveAxis(7, 4), adaptiveAxis(6, 9)], input: [2, 7, 6, 3] },
  {
    label: "adaptive 2x3x2",
    axes: [adaptiveAxis(5, 2), adaptiveAxis(4, 3), adaptiveAxis(3, 2)],
    input: [1, 5, 4, 3, 4],
  },
  { label: "empty batch", axes: [poolAxis(6, 2, 2)], input: [0, 6, 3] },
  { label: "adaptive, empty batch", axes: [adaptiveAxis(5, 2), adaptiveAxis(4, 3)], input: [0, 5, 4, 2] },
  { label: "of many", axes: [poolAxis(1500, 1500, 1)], input: [1, 1500, 3] },
];

/** Equal elements in most windows: the first one takes the gradient. */
const ties: readonly Windows[] = [
  { label: "ties 2x2", axes: [poolAxis(6, 2, 2), poolAxis(8, 2, 2)], input: [2, 6, 8, 5] },
  { label: "ties 3x3 by 1", axes: [poolAxis(6, 3, 1, 1, 1), poolAxis(7, 3, 1, 1, 1)], input: [1, 6, 7, 4] },
  { label: "ties 4 by 2", axes: [poolAxis(14, 4, 2)], input: [2, 14, 6] },
  { label: "ties adaptive", axes: [adaptiveAxis(11, 4), adaptiveAxis(5, 3)], input: [1, 11, 5, 4] },
  { label: "ties 3d", axes: [poolAxis(4, 2, 1), poolAxis(4, 3, 1), poolAxis(5, 2, 2)], input: [1, 4, 4, 5, 3] },
];

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Rows of one channel under windows of 3 by 2. */
const specialRows: readonly (readonly [string, readonly number[]])[] = [
  ["NaN", [1, nan, 2, 3, 4, 5, 6]],
  ["two NaN", [1, 2, nan, 3, nan, 5, 6]],
  ["NaN beside inf", [inf, 2, nan, inf, 4, 5, 6]],
  ["inf", [1, 2, inf, 3, 4, 5, 6]],
  ["−inf", [1, -inf, 2, -inf, 4, 5, -inf]],
  ["−inf only", [-inf, -inf, -inf, -inf, -inf, -inf, -inf]],
  ["both infinities", [1, inf, -inf, 3, 4, -inf, inf]],
  ["large", [-1e38, -1e38, -1.2e38, 1, 3.4e38, 1, -3.4e38]], // no float32 sum overflows: Keras's would be infinite too
];

function specialCases(): OpCase[] {
  const input = [1, 7, 1];
  return specialRows.flatMap(([label, row]) =>
    poolCases({ label: `with ${label}`, axes: [poolAxis(7, 3, 2)], input }).map(
      (c): OpCase => ({ ...c, data: c.inputs.map((shape) => (shape === input ? Float32Array.from(row) : null)) }),
    ),
  );
}

/** A special dy reaches the elements that its window gives it to, and no other. */
const specialGradients: readonly OpCase[] = [nan, inf, -inf].flatMap((value) =>
  poolCases({ label: `with dy ${value}`, axes: [poolAxis(7, 3, 2), poolAxis(5, 2, 1)], input: [1, 7, 5, 4] })
    .filter(({ op }) => op.kind === "pool_grad")
    .map((c): OpCase => ({ ...c, pokes: [{ operand: 0, index: 18, value }] })),
);

export const poolFamilies: readonly Family[] = [
  { name: "pool", cases: windows.flatMap((w) => poolCases(w)) },
  { name: "tiles of pool", cases: swept.flatMap((w) => poolCases(w)) },
  {
    name: "pool ties and specials",
    cases: [...ties.flatMap((w) => poolCases(w, "integers")), ...specialCases(), ...specialGradients],
  },
];
