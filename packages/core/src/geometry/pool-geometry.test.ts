/** Windows of pooling: sizes by `keras.layers.MaxPooling1D.compute_output_shape`, adaptive windows by their integer rule. */
import { describe, expect, it, test } from "vitest";
import type { PoolAxis } from "../op/op.ts";
import { adaptivePoolAxes, poolAxes, poolOutputSize } from "./pool-geometry.ts";

/** [first, end) of every window, cut to an input of length n. */
function windows({ outputSize, step, divisor, reach, before }: PoolAxis, n: number): [number, number][] {
  return Array.from({ length: outputSize }, (_, o) => [
    Math.max(Math.floor((o * step) / divisor) - before, 0),
    Math.min(Math.floor((o * step + reach) / divisor) - before, n),
  ]);
}

function only(axes: readonly PoolAxis[]): PoolAxis {
  const [axis] = axes;
  if (!axis) throw new RangeError("There is no axis.");
  return axis;
}

describe("ordinary windows", () => {
  test.each<[number, number, number, "valid" | "same", [number, number][]]>([
    [
      5,
      3,
      2,
      "same",
      [
        [0, 2],
        [1, 4],
        [3, 5],
      ],
    ],
    [2, 3, 2, "same", [[0, 2]]],
    [
      4,
      4,
      1,
      "same",
      [
        [0, 3],
        [0, 4],
        [1, 4],
        [2, 4],
      ],
    ],
    [
      7,
      2,
      3,
      "valid",
      [
        [0, 2],
        [3, 5],
      ],
    ],
    [
      3,
      9,
      2,
      "same",
      [
        [0, 3],
        [0, 3],
      ],
    ],
    [
      5,
      1,
      4,
      "same",
      [
        [0, 1],
        [4, 5],
      ],
    ],
  ])("n=%i window=%i stride=%i %s", (n, size, stride, padding, expected) => {
    const axis = only(poolAxes([n], { poolSize: [size], strides: [stride], padding }));
    expect(windows(axis, n)).toEqual(expected);
  });

  it("never has an empty window", () => {
    for (let n = 1; n < 12; n++)
      for (let size = 1; size < 14; size++)
        for (let stride = 1; stride < 6; stride++)
          for (const padding of ["valid", "same"] as const) {
            if (padding === "valid" && size > n) continue;
            const axis = only(poolAxes([n], { poolSize: [size], strides: [stride], padding }));
            expect(axis.outputSize).toBe(
              padding === "same" ? Math.ceil(n / stride) : Math.floor((n - size) / stride) + 1,
            );
            for (const [first, end] of windows(axis, n))
              expect(end - first, `${n} ${size} ${stride}`).toBeGreaterThan(0);
          }
  });

  it("refuses a window that does not fit", () => {
    expect(() => poolAxes([3], { poolSize: [4], strides: [4], padding: "valid" })).toThrow(
      /zero or negative.*pool_size/,
    );
  });

  it("leaves unknown sizes unknown", () => {
    expect(poolOutputSize([null, 7], { poolSize: [2, 2], strides: [2, 2], padding: "valid" })).toEqual([null, 3]);
  });
});

it("adaptive windows are [floor(i·n/o), ceil((i+1)·n/o)), and cover the input", () => {
  for (let n = 1; n <= 40; n++) {
    for (let o = 1; o <= 45; o++) {
      const found = windows(only(adaptivePoolAxes([n], [o])), n);
      const expected = Array.from({ length: o }, (_, i) => [Math.floor((i * n) / o), Math.ceil(((i + 1) * n) / o)]);
      expect(found, `${n} to ${o}`).toEqual(expected);
    }
  }
});
