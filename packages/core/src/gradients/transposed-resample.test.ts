import { describe, expect, it } from "vitest";
import { flipTable, INTERPOLATIONS, repeatTable, resizeTable } from "../geometry/resize-table.ts";
import type { ResampleOp } from "../op/op.ts";
import { transposedResample } from "./transposed-resample.ts";

/** The table as a matrix `[outputs, size]`. */
function matrix({ starts, weights }: Pick<ResampleOp, "starts" | "weights">, size: number): number[][] {
  return weights.map((taps, o) =>
    Array.from({ length: size }, (_, j) => {
      const t = j - (starts[o] ?? 0);
      return t >= 0 ? (taps[t] ?? 0) : 0;
    }),
  );
}

const transposed = (m: number[][], columns: number): number[][] =>
  Array.from({ length: columns }, (_, j) => m.map((row) => row[j] ?? 0));

const tables: [string, number, Pick<ResampleOp, "starts" | "weights">][] = [
  ...INTERPOLATIONS.flatMap((name): [string, number, ReturnType<typeof resizeTable>][] => [
    [`${name} 5 → 15`, 5, resizeTable(5, 15, name, false)],
    [`${name} 4 → 7`, 4, resizeTable(4, 7, name, false)],
    [`${name} 9 → 2`, 9, resizeTable(9, 2, name, false)],
    [`${name} 9 → 2, antialias`, 9, resizeTable(9, 2, name, name !== "nearest")],
  ]),
  ["repeat 3", 4, repeatTable(4, 3)],
  ["repeat 0", 4, repeatTable(4, 0)],
  ["flip", 5, flipTable(5)],
  ["of nothing", 0, flipTable(0)],
  ["one element, then others", 4, { starts: [2, 0, 2, 0], weights: [[1], [2, 3], [5], []] }],
  ["no readers", 4, { starts: [0, 0], weights: [[], []] }],
];

describe("the transposed table", () => {
  it.each(tables)("%s", (_, size, table) => {
    const op: ResampleOp = { kind: "resample", axis: 1, ...table };
    const back = transposedResample(op, size);
    expect(back.axis).toBe(1);
    expect(matrix(back, table.starts.length)).toEqual(transposed(matrix(table, size), size));
    for (const [j, taps] of back.weights.entries()) {
      expect((back.starts[j] ?? 0) + taps.length, "taps inside").toBeLessThanOrEqual(table.starts.length);
    }
  });

  it("is made once an op and size", () => {
    const op: ResampleOp = { kind: "resample", axis: 0, ...flipTable(6) };
    expect(transposedResample(op, 6)).toBe(transposedResample(op, 6));
  });
});
