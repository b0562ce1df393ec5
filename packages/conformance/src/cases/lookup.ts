/** Choosing between two operands, element by element, and rows of a table by number. */
import type { Shape } from "@keras-ts/core";
import { Random } from "../random.ts";
import type { Family, OpCase } from "./op-case.ts";

const lengths = [2, 3, 5, 4, 3];

/** About half zeros. */
export function condition(random: Random, size: number): Float32Array {
  return Float32Array.from({ length: size }, () => random.pick([0, 0, 1, -1, 0.25]));
}

function selectCase(c: Shape, a: Shape, b: Shape): OpCase {
  const name = `select [${c}] ? [${a}] : [${b}]`;
  const size = c.reduce((product, n) => product * n, 1);
  return {
    name,
    op: { kind: "select" },
    inputs: [c, a, b],
    data: [condition(new Random(name), size), null, null],
  };
}

/** Each operand in full, with 1 along each axis, as a tail and as a scalar. */
function narrower(shape: Shape): Shape[] {
  return [
    shape,
    ...shape.map((_, axis) => shape.map((n, i) => (i === axis ? 1 : n))),
    shape.slice(1),
    shape.map(() => 1),
    [],
  ];
}

function broadcastSelects(): OpCase[] {
  const full = [1, 2, 3, 4, 5].map((rank) => lengths.slice(0, rank));
  const cases = full.flatMap((shape) =>
    narrower(shape).flatMap((side) => [
      selectCase(side, shape, shape),
      selectCase(shape, side, shape),
      selectCase(shape, shape, side),
      selectCase(side, shape, []),
      selectCase(shape, side, side),
      selectCase(side, side, shape),
    ]),
  );
  const others = [
    selectCase([], [], []),
    selectCase([3, 1, 1], [1, 4, 1], [1, 1, 5]),
    selectCase([2, 1, 3, 1, 1], [4, 1, 2, 1], [3]),
    selectCase([2, 5, 1], [2, 5, 8], [8]),
    selectCase([0, 3], [3], [1]),
    selectCase([1, 3], [0, 3], []),
  ];
  return [...new Map([...cases, ...others].map((c) => [c.name, c])).values()];
}

const around = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 1021];

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** The operand that is not chosen leaves no trace, and any condition but 0 chooses the first. */
const specialSelect: OpCase = {
  name: "select of specials",
  op: { kind: "select" },
  inputs: [[9], [9], [9]],
  data: [
    Float32Array.of(0, 1, nan, inf, -inf, -0, 1e-30, 0, 1),
    Float32Array.of(nan, 1, 2, 3, 4, inf, 5, nan, -inf),
    Float32Array.of(7, nan, inf, nan, -inf, 8, nan, inf, 9),
  ],
};

/** Indices from −rows to rows − 1. */
function gatherCases(label: string, rows: number, d: number, indices: Shape, values?: readonly number[]): OpCase[] {
  const random = new Random(`${label} ${rows} ${d} ${indices}`);
  const size = indices.reduce((product, n) => product * n, 1);
  const data = Float32Array.from(values ?? Array.from({ length: size }, () => random.int(-rows, rows - 1)));
  const name = `${label}: [${indices}] of [${rows},${d}]`;
  return [
    { name, op: { kind: "gather" }, inputs: [indices, [rows, d]], data: [data, null] },
    {
      name: `${name}, gradient`,
      op: { kind: "gather_grad", rows },
      inputs: [indices, [...indices, d]],
      data: [data, null],
    },
  ];
}

const gathers: readonly OpCase[] = [
  ...around.flatMap((d) => gatherCases("width", 5, d, [3])),
  ...around.flatMap((n) => gatherCases("count", 6, 3, [n])),
  ...around.flatMap((n) => gatherCases("rows", n, 4, [2, 3])),
  ...[[], [1], [2, 3], [2, 3, 4], [2, 1, 3, 2]].flatMap((shape) => gatherCases("rank", 7, 5, shape)),
  ...gatherCases("nothing", 4, 3, [0]),
  ...gatherCases("no batch", 4, 3, [0, 5]),
  ...gatherCases("one row over and over", 3, 4, [8], [1, 1, 1, 1, 1, 1, 1, 1]),
  ...gatherCases("every row backwards", 5, 4, [5], [-1, -2, -3, -4, -5]),
  ...gatherCases("outside", 4, 3, [8], [4, -5, 3, -4, 100, -100, 0, 1e9]),
  ...gatherCases("fractions", 4, 3, [8], [0.9, -0.9, 1.5, -1.5, 3.99, -3.99, -4.5, 2.999]),
  ...gatherCases("specials", 4, 3, [6], [nan, 1, inf, -inf, 2, -0]),
  ...gatherCases("many of one row", 2, 3, [900]),
];

/** A NaN row of the table appears where it is taken; a NaN dy only in its row. */
const specialRows: readonly OpCase[] = gatherCases("NaN in the table or dy", 4, 3, [5], [0, 1, 2, 1, -1]).map((c) => ({
  ...c,
  pokes: [{ operand: 1, index: 4, value: nan }],
}));

export const lookupFamilies: readonly Family[] = [
  {
    name: "select",
    cases: [...broadcastSelects(), ...around.map((n) => selectCase([3, n], [n], [3, 1])), specialSelect],
  },
  { name: "gather", cases: [...gathers, ...specialRows] },
];
