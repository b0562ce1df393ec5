/** Element-wise functions of two operands: every broadcasting pattern to rank 5, and specials. */
import type { BinaryName, Shape } from "@keras-ts/core";
import { binaryCase, type Family, type OpCase } from "./op-case.ts";

const names: readonly BinaryName[] = ["add", "sub", "mul", "div", "maximum", "minimum", "greater", "equal"];
const lengths = [2, 3, 5, 4, 3];

/** Every way in which each axis is equal, 1 on the left or 1 on the right. */
function patterns(rank: number): [Shape, Shape][] {
  const full = lengths.slice(0, rank);
  return Array.from({ length: 3 ** rank }, (_, code) => {
    const choice = full.map((_, axis) => Math.floor(code / 3 ** axis) % 3);
    return [full.map((n, i) => (choice[i] === 1 ? 1 : n)), full.map((n, i) => (choice[i] === 2 ? 1 : n))];
  });
}

/** A shape against its own tails, either way round; tails of rank 0 are scalars. */
function tails(): [Shape, Shape][] {
  return Array.from({ length: 6 }, (_, rank) => lengths.slice(5 - rank)).flatMap((full) =>
    full.flatMap((_, i): [Shape, Shape][] => [
      [full, full.slice(i + 1)],
      [full.slice(i + 1), full],
    ]),
  );
}

const mixed: readonly [Shape, Shape][] = [
  [[], []],
  [[1], []],
  [[4, 1], [3]],
  [[3], [4, 1]],
  [
    [2, 1, 3, 1],
    [5, 1, 4],
  ],
  [
    [1, 1, 7],
    [6, 1],
  ],
  [[2, 5, 6, 8], [8]],
  [
    [2, 5, 6, 8],
    [2, 1, 1, 8],
  ],
  [
    [2, 5, 6, 9],
    [1, 1, 1, 9],
  ],
  [[0, 3], [3]],
  [
    [0, 3],
    [0, 3],
  ],
  [
    [0, 1, 4],
    [5, 1],
  ],
  [
    [33, 17],
    [33, 17],
  ],
  [[1021], [1021]],
  [[1021], [1]],
];

const specials = [0, 1, -1, 2.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

/** Every pair of specials; the divisor is never a zero whose sign would matter. */
function specialCases(): OpCase[] {
  const left = Float32Array.from(specials.flatMap((a) => specials.map(() => a)));
  const right = Float32Array.from(specials.flatMap(() => specials));
  const shape = [left.length];
  return names.map((name) => ({
    name: `${name} specials`,
    op: { kind: "binary", fn: name },
    inputs: [shape, shape],
    data: [left, right],
  }));
}

/** Operands with many equal elements, on which `equal`, `greater` and ties show. */
function tieCases(): OpCase[] {
  return (["equal", "greater", "maximum", "minimum"] as const).flatMap((name): OpCase[] => [
    {
      name: `${name} of integers`,
      op: { kind: "binary", fn: name },
      inputs: [
        [7, 11],
        [7, 11],
      ],
      fill: "integers",
    },
    {
      name: `${name} of integers, broadcast`,
      op: { kind: "binary", fn: name },
      inputs: [[7, 11], [11]],
      fill: "integers",
    },
  ]);
}

export const binaryFamilies: readonly Family[] = [
  {
    name: "binary broadcasting",
    cases: [1, 2, 3, 4, 5].flatMap((rank) => patterns(rank).map(([a, b]) => binaryCase("sub", a, b))),
  },
  { name: "binary ranks", cases: tails().map(([a, b]) => binaryCase("div", a, b)) },
  {
    name: "binary",
    cases: [
      ...names.flatMap((name) => mixed.map(([a, b]) => binaryCase(name, a, b))),
      ...tieCases(),
      ...specialCases(),
    ],
  },
];
