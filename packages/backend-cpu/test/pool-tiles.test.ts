/** The pooling kernels at channel counts around their tiles of 16 and 4, with a NaN, on rows that end anywhere. */

import { runCase } from "@keras-ts/conformance/run";
import type { PoolAxis, PoolOp } from "@keras-ts/core";
import { expect, it } from "vitest";
import { cpu } from "../src/index.ts";

function axis(size: number, window: number): PoolAxis {
  return { outputSize: size, step: 1, divisor: 1, reach: window, before: window >> 1 };
}

const WINDOWS: readonly (readonly [string, number])[] = [
  ["pool_windows_16", 3],
  ["pool_rows_16", 5],
  ["pool_wide_mean_4", 35],
];

it.each(WINDOWS)("%s", async (name, window) => {
  const backend = cpu();
  await backend.init();
  for (const channels of [1, 3, 4, 5, 15, 16, 17, 31, 33]) {
    for (const fn of ["max", "mean"] as const) {
      if (fn === "max" && name === "pool_wide_mean_4") continue;
      const op: PoolOp = { kind: "pool", fn, axes: [axis(5, window), axis(7, window)] };
      const input = [1, 5, 7, channels];
      const exe = backend.prepare(op, [input]);
      expect(exe.kernel).toContain(`${name}__`);
      backend.release(exe);
      for (const pokes of [[], [{ operand: 0, index: 17 * channels, value: Number.NaN }]]) {
        const label = `${fn} of ${channels} channels, ${pokes.length} NaN`;
        expect(await runCase(backend, { name: label, op, inputs: [input], pokes })).toEqual([]);
      }
    }
  }
  backend.dispose();
});
