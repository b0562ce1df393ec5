/** Holds the constants of `agreement.ts` against Keras itself: its float32 results must agree with its float64 results. */
import { expect, it } from "vitest";
import { tolerance } from "../src/replay/agreement.ts";
import { type Comparison, compare } from "../src/replay/compare.ts";
import { largest } from "../src/replay/noise/call-noise.ts";
import { layerNoise } from "../src/replay/noise/layers.ts";
import { modelNoise } from "../src/replay/noise/models.ts";
import type { Arrays } from "../src/suite/arrays.ts";
import { loadSuites } from "../src/suite/load.ts";
import type { LayerCase, ModelCase } from "../src/suite/manifest.ts";
import { FIXTURES } from "./suites.ts";

const suites = loadSuites([FIXTURES]);

/** Keras's own float32 outputs beside its float64 ones, where both are finite: overflows have no error to measure. */
function ownErrors(item: LayerCase | ModelCase, arrays: Arrays): Comparison[] {
  const noise = item.kind === "layer" ? layerNoise(item, arrays) : modelNoise(item, arrays);
  return (item.outputs_float64 ?? []).flatMap(({ file }, at) => {
    const [wide, narrow] = [arrays.get(file), arrays.get(item.outputs[at]?.file ?? "")];
    if (!wide || !narrow || ![...wide.data, ...narrow.data].every((value) => Math.abs(value) < 3e38)) return [];
    const expected = { shape: wide.shape, data: Float32Array.from(wide.data) };
    return [compare(narrow, { what: item.id, expected, noise: noise.output(at) })];
  });
}

it.each(["layer", "model"] as const)(
  "Keras's own float32 results of a %s stay inside the tolerance around its float64 results, but not by far",
  (kind) => {
    const found = suites.flatMap(({ cases, arrays }) =>
      cases.flatMap((item) => (item.kind === "layer" || item.kind === "model" ? [{ item, arrays }] : [])),
    );
    const errors = found
      .filter(({ item }) => item.kind === kind)
      .flatMap(({ item, arrays }) => ownErrors(item, arrays));
    expect(errors.flatMap(({ message }) => message ?? [])).toEqual([]);
    // Below a tenth the constants would be looser than the suites give reason for.
    expect(errors.reduce((most, { ratio }) => Math.max(most, ratio), 0)).toBeGreaterThan(0.1);
  },
);

it("no layer's tolerance excuses an output that is off by a thousandth of the largest", () => {
  const loose = suites.flatMap(({ cases, arrays }) =>
    cases.flatMap((item) => {
      // Cases of large numbers cancel or saturate: their outputs are small beside what was rounded.
      if (item.kind !== "layer" || /large|magnitude/.test(item.id)) return [];
      const noise = layerNoise(item, arrays);
      return item.outputs.flatMap(({ file }, at) => {
        const largestNumber = largest(arrays.get(file));
        const one = noise.output(at);
        const allowed = tolerance(largestNumber, typeof one === "number" ? one : Math.max(0, ...one));
        return allowed <= largestNumber / 1000 || largestNumber === 0
          ? []
          : [`${item.id}: ${allowed} of ${largestNumber}`];
      });
    }),
  );
  expect(loose).toEqual([]);
});
