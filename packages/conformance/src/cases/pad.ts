/** One value around an array, of every rank and on every side. */
import type { PadOp, Shape } from "@keras-ts/core";
import type { Family, OpCase } from "./op-case.ts";

type Padding = PadOp["padding"];

function padCase(input: Shape, padding: Padding, value = 0): OpCase {
  return {
    name: `[${input}] with ${value} by ${JSON.stringify(padding)}`,
    op: { kind: "pad", padding, value },
    inputs: [input],
  };
}

const lengths = [2, 3, 4, 3, 5];

/** Before, after and both on each axis alone, then all at once. */
function sides(rank: number): OpCase[] {
  const shape = lengths.slice(0, rank);
  const only = (axis: number, pair: readonly [number, number]): Padding =>
    shape.map((_, i) => (i === axis ? pair : ([0, 0] as const)));
  return [
    ...shape.flatMap((_, axis) => [
      padCase(shape, only(axis, [1, 0])),
      padCase(shape, only(axis, [0, 2])),
      padCase(shape, only(axis, [3, 1]), -1.5),
    ]),
    padCase(
      shape,
      shape.map((_, i) => [i % 3, (i + 1) % 2] as const),
      7,
    ),
    padCase(
      shape,
      shape.map(() => [0, 0] as const),
    ),
  ];
}

const around = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33];

const edges: readonly OpCase[] = [
  padCase([], []),
  padCase([0], [[2, 1]], 4),
  padCase(
    [0, 3],
    [
      [0, 0],
      [1, 1],
    ],
  ),
  padCase(
    [2, 0],
    [
      [1, 0],
      [2, 2],
    ],
    -3,
  ),
  padCase(
    [1, 7, 6, 5],
    [
      [0, 0],
      [3, 3],
      [3, 3],
      [0, 0],
    ],
  ),
  padCase(
    [2, 4, 5, 3, 4],
    [
      [0, 0],
      [1, 2],
      [2, 1],
      [0, 3],
      [0, 0],
    ],
  ),
  padCase([1], [[40, 40]], 2),
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap((value): OpCase[] => {
    const padding: Padding = [
      [1, 2],
      [2, 1],
    ];
    return [
      padCase([3, 4], padding, value),
      { ...padCase([3, 4], padding), name: `${value} in the input`, pokes: [{ operand: 0, index: 5, value }] },
    ];
  }),
];

const swept: readonly OpCase[] = around.flatMap((n) => [
  padCase(
    [2, n],
    [
      [0, 0],
      [1, 1],
    ],
  ),
  padCase(
    [1, 3, n],
    [
      [0, 0],
      [2, 1],
      [0, 0],
    ],
  ),
  padCase(
    [2, 5],
    [
      [0, 0],
      [n, 0],
    ],
  ),
]);

export const padFamilies: readonly Family[] = [
  { name: "pad", cases: [...[1, 2, 3, 4, 5].flatMap(sides), ...edges, ...swept] },
];
