/** Ops that only move elements: every permutation, and reshapes, slices and concatenations across channel counts. */
import { type Op, outputShape, type Shape } from "@keras-ts/core";
import { Random } from "../random.ts";
import type { Family, OpCase } from "./op-case.ts";

function permutations(list: readonly number[]): number[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((first) => permutations(list.filter((n) => n !== first)).map((rest) => [first, ...rest]));
}

function move(op: Op, ...inputs: Shape[]): OpCase {
  const { kind, ...numbers } = op;
  const shapes = inputs.map((shape) => `[${shape}]`).join(", ");
  return { name: `${kind} ${shapes} by ${JSON.stringify(numbers)} to [${outputShape(op, inputs)}]`, op, inputs };
}

function transposes(): OpCase[] {
  const shape = [2, 3, 5, 4, 3];
  const small = [0, 1, 2, 3, 4].flatMap((rank) => permutations(Array.from({ length: rank }, (_, i) => i)));
  const random = new Random("transpose");
  const five = Array.from({ length: 14 }, () => random.shuffle([0, 1, 2, 3, 4]));
  const wide: [Shape, number[]][] = [
    [
      [33, 70],
      [1, 0],
    ],
    [
      [1, 17, 1, 9],
      [0, 3, 1, 2],
    ],
    [
      [2, 6, 5, 32],
      [0, 3, 1, 2],
    ],
    [
      [2, 32, 6, 5],
      [0, 2, 3, 1],
    ],
    [
      [0, 3, 2],
      [2, 0, 1],
    ],
  ];
  const cases = [...small, ...five].map((perm) => move({ kind: "transpose", perm }, shape.slice(0, perm.length)));
  return unique([...cases, ...wide.map(([s, perm]) => move({ kind: "transpose", perm }, s))]);
}

const reshapes: readonly [Shape, Shape][] = [
  [[], [1]],
  [[1], [1, 1, 1]],
  [[1, 1], []],
  [[12], [3, 4]],
  [[3, 4], [12]],
  [
    [2, 3, 5],
    [5, 6],
  ],
  [
    [6, 5],
    [2, 3, 5],
  ],
  [
    [2, 3, 7],
    [2, 21],
  ],
  [
    [2, 21],
    [2, 7, 3],
  ],
  [
    [4, 9],
    [6, 6],
  ],
  [
    [2, 5, 6],
    [2, 3, 10],
  ],
  [
    [2, 4, 5, 3],
    [2, 60],
  ],
  [
    [2, 60],
    [2, 4, 5, 3],
  ],
  [
    [1, 7, 7, 13],
    [1, 1, 49, 13],
  ],
  [
    [2, 3, 4, 8],
    [6, 4, 8],
  ],
  [
    [3, 1, 5, 2, 3],
    [3, 5, 6],
  ],
  [
    [3, 2, 1],
    [1, 6],
  ],
  [
    [0, 3],
    [0, 1, 3],
  ],
  [
    [0, 4],
    [2, 0],
  ],
  [
    [37, 29],
    [29, 37],
  ],
];

const broadcasts: readonly [Shape, Shape][] = [
  [[], [5]],
  [[], [2, 3]],
  [[1], [7]],
  [[4], [3, 4]],
  [
    [3, 1],
    [3, 5],
  ],
  [
    [1, 5],
    [3, 5],
  ],
  [
    [2, 1, 3],
    [2, 4, 3],
  ],
  [
    [1, 1, 1, 6],
    [2, 3, 4, 6],
  ],
  [
    [2, 1, 1, 6],
    [2, 3, 4, 6],
  ],
  [
    [2, 3, 4, 1],
    [2, 3, 4, 7],
  ],
  [
    [3, 1, 2, 1],
    [2, 3, 2, 2, 5],
  ],
  [
    [2, 3],
    [2, 3],
  ],
  [
    [1, 3],
    [0, 3],
  ],
];

const slices: readonly [Shape, number[], number[]][] = [
  [[9], [0], [9]],
  [[9], [3], [5]],
  [[9], [8], [1]],
  [
    [4, 5],
    [1, 2],
    [2, 3],
  ],
  [
    [4, 5],
    [0, 4],
    [4, 1],
  ],
  [
    [3, 4, 6],
    [1, 0, 1],
    [2, 4, 5],
  ],
  [
    [2, 6, 7, 3],
    [0, 1, 1, 0],
    [2, 4, 5, 3],
  ],
  [
    [2, 3, 4, 10],
    [0, 0, 0, 3],
    [2, 3, 4, 4],
  ],
  [
    [2, 3, 4, 10],
    [1, 2, 0, 7],
    [1, 1, 4, 3],
  ],
  [
    [2, 3, 4, 10],
    [0, 0, 0, 1],
    [2, 3, 4, 8],
  ],
  [
    [2, 3, 2, 4, 5],
    [1, 0, 1, 2, 0],
    [1, 3, 1, 2, 4],
  ],
  [
    [5, 3],
    [2, 0],
    [0, 3],
  ],
  [[], [], []],
  [
    [40, 33],
    [7, 1],
    [31, 32],
  ],
];

const concats: readonly [number, Shape[]][] = [
  [0, [[3], [5]]],
  [
    0,
    [
      [2, 3],
      [1, 3],
      [4, 3],
    ],
  ],
  [
    1,
    [
      [2, 3],
      [2, 1],
    ],
  ],
  [
    1,
    [
      [2, 4],
      [2, 4],
    ],
  ],
  [
    2,
    [
      [2, 3, 1],
      [2, 3, 2],
      [2, 3, 3],
    ],
  ],
  [
    1,
    [
      [2, 3, 5],
      [2, 1, 5],
    ],
  ],
  [
    3,
    [
      [1, 4, 5, 3],
      [1, 4, 5, 6],
    ],
  ],
  [
    3,
    [
      [2, 3, 3, 4],
      [2, 3, 3, 8],
      [2, 3, 3, 4],
    ],
  ],
  [
    3,
    [
      [1, 2, 2, 5],
      [1, 2, 2, 1],
      [1, 2, 2, 2],
      [1, 2, 2, 7],
    ],
  ],
  [
    2,
    [
      [2, 3, 2, 6],
      [2, 3, 4, 6],
    ],
  ],
  [
    0,
    [
      [1, 3, 2, 5],
      [2, 3, 2, 5],
    ],
  ],
  [
    4,
    [
      [2, 2, 1, 3, 3],
      [2, 2, 1, 3, 2],
    ],
  ],
  [
    1,
    [
      [2, 0],
      [2, 3],
    ],
  ],
  [
    1,
    [
      [0, 2],
      [0, 3],
    ],
  ],
  [1, Array.from({ length: 9 }, (_, i) => [2, 1 + (i % 3)])],
];

const special: readonly OpCase[] = [
  { ...move({ kind: "transpose", perm: [1, 0] }, [4, 6]), pokes: [{ operand: 0, index: 3, value: Number.NaN }] },
  {
    ...move({ kind: "concat", axis: 1 }, [2, 3], [2, 2]),
    pokes: [{ operand: 1, index: 2, value: Number.NEGATIVE_INFINITY }],
  },
  {
    ...move({ kind: "slice", begin: [1, 1], size: [2, 2] }, [4, 4]),
    pokes: [{ operand: 0, index: 1, value: Number.NaN }],
  },
  { ...move({ kind: "broadcast", shape: [3, 4] }, [4]), pokes: [{ operand: 0, index: 2, value: Number.NaN }] },
].map((c) => ({ ...c, name: `${c.name} with a special` }));

function unique(cases: OpCase[]): OpCase[] {
  return [...new Map(cases.map((c) => [c.name, c])).values()];
}

export const layoutFamilies: readonly Family[] = [
  { name: "transpose", cases: transposes() },
  {
    name: "reshape, broadcast, slice, concat",
    cases: [
      ...reshapes.map(([from, shape]) => move({ kind: "reshape", shape }, from)),
      ...broadcasts.map(([from, shape]) => move({ kind: "broadcast", shape }, from)),
      ...slices.map(([from, begin, size]) => move({ kind: "slice", begin, size }, from)),
      ...concats.map(([axis, parts]) => move({ kind: "concat", axis }, ...parts)),
      ...special,
    ],
  },
];
