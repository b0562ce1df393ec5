import { expect, test } from "vitest";
import type { Graph } from "../src/graph/graph.ts";
import { type Limits, larger, measureLimits } from "../src/roofline/limits.ts";
import { roofOf } from "../src/roofline/roofline.ts";
import { depthwise, separable } from "../src/workloads/single-layers.ts";
import { SWEEPS } from "../src/workloads/sweeps.ts";
import { makeTask } from "../src/workloads/task.ts";

/** A multiply-add a nanosecond; a byte a nanosecond in a kilobyte, a tenth beyond. */
const limits: Limits = {
  gflops: 2,
  relaxedGflops: 4,
  bandwidths: [
    { workingSetBytes: 1024, gigabytes: 1 },
    { workingSetBytes: 4096, gigabytes: 0.1 },
  ],
};
const graphOf = (description: Parameters<typeof makeTask>[0]["description"]): Graph =>
  makeTask({ name: "t", description }).graph;

test("a row takes what computing or moving takes, whichever is more", () => {
  // 100 · 3 multiply-adds; 4 · (100 + 100 + 3 + 1) bytes in the first kilobyte.
  const one = graphOf(depthwise(1, [100, 1], 3));
  expect(roofOf(one, limits, false)).toEqual({ limitMs: 816e-6, bound: "memory" });
  const many = graphOf(depthwise(1, [100, 1], 31));
  expect(roofOf(many, limits, false)).toEqual({ limitMs: 3100e-6, bound: "compute" });
  expect(roofOf(many, limits, true)).toEqual({ limitMs: 1550e-6, bound: "compute" });
  // 4 · (300 + 300 + 3 + 1) bytes do not fit.
  expect(roofOf(graphOf(depthwise(1, [300, 1], 3)), limits, false).limitMs).toBeCloseTo(2416e-5, 8);
});

test("what lies between a depthwise and a pointwise convolution is not moved", () => {
  // Depthwise reads 80 and its kernel of 4; pointwise has 4 weights, 2 biases, and makes 80.
  const fused = graphOf(separable(1, [40, 2], 2, 2));
  const bytes = 4 * (80 + 4) + 4 * (4 + 2 + 80);
  expect(roofOf(fused, limits, false).limitMs).toBeCloseTo(bytes * 1e-6, 9);
});

test("the loops run, plain SIMD first, and caches are not slower than memory", async () => {
  const measured = await measureLimits(1);
  expect(measured.gflops).toBeGreaterThan(1);
  expect(measured.bandwidths.map(({ gigabytes }) => gigabytes > 0.1)).toEqual([true, true, true, true, true]);
  expect(measured.bandwidths[0]?.gigabytes).toBeGreaterThan(measured.bandwidths.at(-1)?.gigabytes ?? 0);
});

test("of two measurements the larger figures stand", () => {
  const slow = {
    gflops: 1,
    relaxedGflops: null,
    bandwidths: limits.bandwidths.map((row) => ({ ...row, gigabytes: 0.5 })),
  };
  expect(larger(slow, limits)).toEqual({
    gflops: 2,
    relaxedGflops: 4,
    bandwidths: [
      { workingSetBytes: 1024, gigabytes: 1 },
      { workingSetBytes: 4096, gigabytes: 0.5 },
    ],
  });
  expect(larger(slow, slow).relaxedGflops).toBeNull();
});

test("names of points are told apart", () => {
  const names = SWEEPS.flatMap(({ points }) => points.map(({ workload }) => workload.name));
  expect(new Set(names).size).toBe(names.length);
});
