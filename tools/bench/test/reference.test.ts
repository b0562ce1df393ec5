import { expect, test } from "vitest";
import { countMacs, type Graph } from "../src/graph/graph.ts";
import { compare, computeReference, referenceOf } from "../src/reference/compare.ts";
import { convAxes, transposeAxes } from "../src/workloads/geometry.ts";
import { makeTask } from "../src/workloads/task.ts";
import { atBatch, WORKLOADS } from "../src/workloads/workload.ts";

test("`same` padding as in Keras: the odd count goes after", () => {
  const config = { kernel_size: [3, 31], strides: [2, 1], padding: "same" } as const;
  expect(convAxes([56, 16000], config)).toMatchObject([
    { out: 28, before: 0, after: 1 },
    { out: 16000, before: 15, after: 15 },
  ]);
  const causal = { kernel_size: [3], dilation_rate: [4], padding: "causal" } as const;
  expect(convAxes([10], causal)).toMatchObject([{ out: 10, before: 8, after: 0 }]);
  expect(convAxes([10], { kernel_size: [4], strides: [3] })).toMatchObject([{ out: 3, before: 0, after: 0 }]);
  expect(transposeAxes([28], { kernel_size: [3], strides: [2], padding: "same" })).toMatchObject([
    { out: 56, before: 0, after: 1 },
  ]);
});

test("the reference, by hand", () => {
  const window = { size: [2], strides: [1], dilations: [1], pads: [[0, 1]] } as const;
  const point = { size: [1], strides: [1], dilations: [1], pads: [[0, 0]] } as const;
  const graph: Graph = {
    inputShape: [1, 3, 1],
    nodes: [
      {
        kind: "conv",
        ...window,
        groups: 1,
        kernel: Float64Array.of(1, -1),
        bias: null,
        activation: "linear",
        inputs: [0],
        shape: [1, 3, 1],
      },
      {
        kind: "conv",
        ...point,
        groups: 1,
        kernel: Float64Array.of(2, -2),
        bias: Float64Array.of(0, 1),
        activation: "relu",
        inputs: [1],
        shape: [1, 3, 2],
      },
    ],
  };
  // One zero after: 1-2, 2-3, 3-0.
  const reference = computeReference(graph, Float32Array.of(1, 2, 3));
  expect([...reference.values]).toEqual([0, 3, 0, 3, 6, 0]);
  expect(reference.tolerance).toBe(6 * 64 * 2 ** -24);
  expect(countMacs(graph)).toBe(3 * 2 + 3 * 2);
  expect(compare(Float32Array.of(0, 3, 0, 3, 6, 0), reference)).toEqual({ maxError: 0, agrees: true });
  expect(compare(Float32Array.of(0, 3, 0, 3, 6, 0.001), reference).agrees).toBe(false);
  expect(compare(Float32Array.of(Number.NaN, 3, 0, 3, 6, 0), reference)).toMatchObject({ agrees: false });
  expect(compare(Float32Array.of(0), reference)).toEqual({ maxError: Number.POSITIVE_INFINITY, agrees: false });
  expect(referenceOf(Float32Array.of(1, -2), "another").tolerance).toBe(2 ** -13);
});

test("operands are the same in every run and differ between workloads and weights", () => {
  const [first, second] = WORKLOADS;
  if (!first || !second) throw new Error("There are no workloads.");
  const weights = makeTask(first).operands.weights[0];
  expect(makeTask(first).operands.weights[0]).toEqual(weights);
  expect(makeTask(second).operands.weights[0]?.[1]?.values.slice(0, 32)).not.toEqual(weights?.[1]?.values.slice(0, 32));
});

test("names of rows are told apart; batches are said", () => {
  expect(new Set(WORKLOADS.map(({ name }) => name)).size).toBe(WORKLOADS.length);
  expect(WORKLOADS.filter(({ batch }) => batch === 8).every(({ name }) => name.endsWith(", batch 8"))).toBe(true);
  expect(atBatch(4).every(({ description }) => description.inputShape[0] === 4)).toBe(true);
});
