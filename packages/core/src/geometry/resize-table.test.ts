/** Tables against what Keras on JAX makes of unit vectors, in float64, and against printed rows of keras.layers.UpSampling2D. */
import { describe, expect, it, test } from "vitest";
import golden from "./resize-table.golden.json" with { type: "json" };
import { flipTable, INTERPOLATIONS, type Interpolation, repeatTable, resizeTable } from "./resize-table.ts";

type Table = ReturnType<typeof resizeTable>;

/** What the table makes of these elements. */
function applied({ starts, weights }: Table, x: readonly number[]): number[] {
  return weights.map((taps, o) => taps.reduce((sum, w, t) => sum + w * (x[(starts[o] ?? 0) + t] ?? Number.NaN), 0));
}

const unit = (n: number, at: number): number[] => Array.from({ length: n }, (_, i) => (i === at ? 1 : 0));

describe("weights as in Keras on JAX", () => {
  test.each(golden.rows)("$interpolation $size → $outputSize, antialias $antialias", (row) => {
    const { size, outputSize, antialias, matrix } = row;
    const table = resizeTable(size, outputSize, nameOf(row.interpolation), antialias);
    const columns = Array.from({ length: size }, (_, j) => applied(table, unit(size, j)));
    for (const [o, expected] of matrix.entries()) {
      // 10 digits were written down
      for (const [j, weight] of expected.entries()) expect(columns[j]?.[o], `[${o}, ${j}]`).toBeCloseTo(weight, 9);
    }
  });
});

test.each<[Interpolation, number[], number, number[]]>([
  ["bilinear", [0, 1], 2, [0, 0.25, 0.75, 1]],
  ["bilinear", [0, 1, 4], 3, [0, 0, 1 / 3, 2 / 3, 1, 2, 3, 4, 4]],
  ["bicubic", [0, 1, 4, 9], 2, [-0.0882353, 0.1240876, 0.5725191, 1.5625, 3.0625, 5.312977, 8.116789, 9.441177]],
])("%s of %j × %i", (interpolation, x, factor, expected) => {
  const y = applied(resizeTable(x.length, x.length * factor, interpolation, false), x);
  expect(y.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(y[i]).toBeCloseTo(value, 5);
  });
});

// UpSampling2D of [[0, 1], [2, 3]]: rows and columns by the same table, so that y = 2·r + c
test.each<[Interpolation, number[]]>([
  ["bicubic", [-0.2647059, 0.03067228, 0.6163867, 0.9117649]],
  ["lanczos3", [-0.5264333, -0.1180848, 0.4161738, 0.8245222]],
  ["lanczos5", [-0.6621357, -0.197592, 0.3147444, 0.7792879]],
])("%s of an image of 2 × 2", (interpolation, firstRow) => {
  const c = applied(resizeTable(2, 4, interpolation, false), [0, 1]);
  firstRow.forEach((value, i) => {
    expect(2 * (c[0] ?? 0) + (c[i] ?? 0)).toBeCloseTo(value, 5);
  });
});

it.each(INTERPOLATIONS)("keeps constants, and all taps inside, with %s", (interpolation) => {
  for (const n of [1, 2, 3, 8, 13]) {
    for (const outputSize of [1, 2, 5, 8, 16, 39]) {
      const table = resizeTable(n, outputSize, interpolation, n % 2 === 0);
      for (const value of applied(table, new Array(n).fill(1))) expect(value).toBeCloseTo(1, 12);
      expect(table.starts.length).toBe(outputSize);
    }
  }
});

test("repeating and reversing", () => {
  expect(applied(repeatTable(3, 2), [5, 6, 7])).toEqual([5, 5, 6, 6, 7, 7]);
  expect(applied(repeatTable(3, 0), [5, 6, 7])).toEqual([]);
  expect(applied(flipTable(3), [5, 6, 7])).toEqual([7, 6, 5]);
});

function nameOf(text: string): Interpolation {
  const name = INTERPOLATIONS.find((known) => known === text);
  if (name === undefined) throw new RangeError(`There is no interpolation "${text}".`);
  return name;
}
