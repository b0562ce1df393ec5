/** Holds the constants of `agreement.ts` against Keras itself: its float32 results must agree with its float64 results. */
import { expect, it } from "vitest";
import { compare } from "../src/replay/compare.ts";
import { layerNoise } from "../src/replay/noise.ts";
import { loadSuites } from "../src/suite/load.ts";
import { FIXTURES } from "./suites.ts";

const suites = loadSuites([FIXTURES], "_conv").filter(({ cases }) => cases.some(({ kind }) => kind === "layer"));

it("Keras's own float32 results stay inside the tolerance around its float64 results, but not by far", () => {
  let used = 0;
  for (const { cases, arrays } of suites) {
    for (const item of cases) {
      const wide = item.kind === "layer" ? arrays.get(item.outputs_float64?.[0]?.file ?? "") : undefined;
      const narrow = item.kind === "layer" ? arrays.get(item.outputs[0]?.file ?? "") : undefined;
      if (item.kind !== "layer" || !wide || !narrow) continue;
      // Infinities and overflows have no error to measure.
      if (![...wide.data, ...narrow.data].every((value) => Math.abs(value) < 3e38)) continue;
      const rounded = { shape: wide.shape, data: Float32Array.from(wide.data) };
      const { ratio, message } = compare(narrow, {
        what: item.id,
        expected: rounded,
        noise: layerNoise(item, arrays).output,
      });
      expect.soft(message).toBeUndefined();
      used = Math.max(used, ratio);
    }
  }
  // Below a tenth the constants would be looser than the suites give reason for.
  expect(used).toBeGreaterThan(0.1);
});
