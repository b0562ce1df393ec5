/** Weighted neighbours along an axis: copies, reversals, interpolation, tables with empty rows and rows of many taps. */
import type { ResampleOp, Shape } from "@keras-ts/core";
import { Random } from "../random.ts";
import type { Family, OpCase } from "./op-case.ts";

type Table = Pick<ResampleOp, "starts" | "weights">;

function resampleCase(label: string, axis: number, input: Shape, table: Table): OpCase {
  return { name: `${label} along ${axis} of [${input}]`, op: { kind: "resample", axis, ...table }, inputs: [input] };
}

/** Element `starts[o]` for every o. */
function copies(starts: readonly number[]): Table {
  return { starts, weights: starts.map(() => [1]) };
}

const repeated = (n: number, times: number): Table =>
  copies(Array.from({ length: n * times }, (_, i) => Math.floor(i / times)));
const reversed = (n: number): Table => copies(Array.from({ length: n }, (_, i) => n - 1 - i));

/** From n to `outputs` positions between neighbours. */
function linear(n: number, outputs: number): Table {
  const centres = Array.from({ length: outputs }, (_, o) =>
    Math.min(Math.max(((o + 0.5) * n) / outputs - 0.5, 0), Math.max(n - 1, 0)),
  );
  const starts = centres.map((c) => Math.min(Math.floor(c), Math.max(n - 2, 0)));
  return {
    starts,
    weights: centres.map((c, o) => (n === 1 ? [1] : [1 - (c - (starts[o] ?? 0)), c - (starts[o] ?? 0)])),
  };
}

/** Rows of 0 to `most` taps of either sign, anywhere. */
export function randomTable(random: Random, n: number, outputs: number, most: number): Table {
  const weights = Array.from({ length: outputs }, () => [...random.uniform(random.int(0, Math.min(most, n)), -1, 1)]);
  return { starts: weights.map((taps) => random.int(0, n - taps.length)), weights };
}

const around = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33];

const swept: readonly OpCase[] = [
  ...around.map((c) => resampleCase("linear to 7", 1, [2, 4, c], linear(4, 7))),
  ...around.map((c) => resampleCase("repeat 2", 1, [1, 3, c], repeated(3, 2))),
  ...around.map((n) => resampleCase("linear to 9", 1, [2, n], linear(n, 9))),
  ...around.map((n) => resampleCase(`linear to ${n}`, 1, [3, 6], linear(6, n))),
  ...around.map((n) => resampleCase("reversed", 1, [2, n, 5], reversed(n))),
];

const shapes: readonly Shape[] = [[6], [4, 6], [3, 4, 6], [2, 5, 4, 6], [2, 3, 2, 4, 5]];

const everyAxis = shapes.flatMap((input) =>
  input.flatMap((n, axis) => [
    resampleCase("reversed", axis, input, reversed(n)),
    resampleCase("repeat 3", axis, input, repeated(n, 3)),
    resampleCase("linear to 5", axis, input, linear(n, 5)),
    resampleCase("random taps", axis, input, randomTable(new Random(`taps ${input} ${axis}`), n, 7, 4)),
  ]),
);

const tables: readonly OpCase[] = [
  resampleCase("empty rows", 1, [2, 5, 3], { starts: [0, 2, 0, 4], weights: [[], [0.5, 0.25], [], [2]] }),
  resampleCase("nothing but empty rows", 1, [2, 5, 4], { starts: [0, 0, 0], weights: [[], [], []] }),
  resampleCase("empty rows at the end", 0, [4, 3], { starts: [3, 0, 0], weights: [[-1], [1, 1, 1, 1], []] }),
  resampleCase("no rows", 1, [2, 5, 3], { starts: [], weights: [] }),
  resampleCase("one tap that is not 1", 1, [2, 5, 3], { starts: [4, 0], weights: [[0.5], [-2]] }),
  resampleCase("one row of all", 1, [2, 37, 3], {
    starts: [0],
    weights: [[...new Random("one row").uniform(37, -1, 1)]],
  }),
  resampleCase("many taps", 1, [1, 300, 5], randomTable(new Random("many taps"), 300, 11, 300)),
  resampleCase("many taps", 2, [2, 3, 70], randomTable(new Random("many taps last"), 70, 9, 70)),
  resampleCase("weights that vary in length", 1, [1, 9, 8], {
    starts: [0, 0, 0, 3, 8],
    weights: [[1], [0.5, 0.5], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], [0.25, 0.5, 0.25], [1]],
  }),
  resampleCase("the same element over and over", 1, [1, 3, 5], copies([1, 1, 1, 1, 1, 1, 1])),
  resampleCase("repeat 2 of an image", 1, [1, 16, 17, 6], repeated(16, 2)),
  resampleCase("repeat 2 of an image", 2, [1, 16, 17, 6], repeated(17, 2)),
  resampleCase("linear to 64 of an image", 2, [1, 9, 31, 3], linear(31, 64)),
  resampleCase("linear", 1, [0, 4, 3], linear(4, 6)),
  resampleCase("reversed", 0, [0, 3], copies([])),
];

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** What an output does not read does not reach it; a weight of 0 on a special value does. */
const specials: readonly OpCase[] = [nan, inf, -inf].flatMap((value) =>
  [
    resampleCase("linear to 7", 1, [1, 4, 5], linear(4, 7)),
    resampleCase("reversed", 1, [1, 4, 5], reversed(4)),
    resampleCase("zero weights", 1, [1, 4, 5], {
      starts: [0, 1, 2],
      weights: [
        [1, 0],
        [0, 1, 0],
        [1, 1],
      ],
    }),
  ].map((c): OpCase => ({ ...c, name: `${c.name} with ${value}`, pokes: [{ operand: 0, index: 11, value }] })),
);

export const resampleFamilies: readonly Family[] = [
  { name: "resample", cases: [...everyAxis, ...tables, ...specials] },
  { name: "tiles of resample", cases: swept },
];
