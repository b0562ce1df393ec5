import { expect, test } from "vitest";
import type { Result, Row } from "../src/report/result.ts";
import { applyToPlan, formatMs, formatReport, ratioToRivals } from "../src/report/text.ts";
import { makeOperands } from "../src/workloads/operands.ts";
import { compare, computeReference } from "../src/workloads/reference.ts";
import { geometryOf, outputShape, WORKLOADS, type Workload } from "../src/workloads/workload.ts";

const row = (contestant: string, medianMs: number, more: Partial<Row> = {}): Row => ({
  workload: "w",
  contestant,
  runtime: "node",
  threads: 1,
  medianMs,
  p5Ms: medianMs,
  p95Ms: medianMs,
  runs: 3,
  maxError: 1e-7,
  agrees: true,
  ...more,
});
const rows = [
  row("keras-ts", 1),
  row("keras-ts-apply", 1.5),
  row("onnxruntime-web", 4),
  row("tfjs-wasm", 2, { agrees: false }),
  row("onnxruntime-node", 0.5),
];

test("ratios: the fastest WebAssembly peer that agrees; neither native nor wrong ones count", () => {
  expect(ratioToRivals(rows)).toBe(0.25);
  expect(ratioToRivals(rows.slice(0, 2))).toBeNaN();
  expect(applyToPlan(rows)).toBe(1.5);
  expect(ratioToRivals([row("keras-ts-relaxed", 3), row("tfjs-wasm", 6)])).toBe(0.5);
  expect(ratioToRivals([row("keras-ts-webgl", 3), row("tfjs-webgl", 6)])).toBe(0.5);
});

test("the report has a table a runtime and marks who computed something else", () => {
  const result: Result = {
    machine: "a machine",
    node: "20.0.0",
    date: "2026-01-01T00:00:00.000Z",
    rows: [...rows, row("keras-ts-webgl", 3, { runtime: "browser" }), row("tfjs-webgl", 6, { runtime: "browser" })],
    rooflines: [],
  };
  const text = formatReport(result);
  expect(text).toContain("a machine\nNode 20.0.0, 2026-01-01");
  expect(text).toContain("2.00 ✗");
  expect(text).toContain("keras-ts / best WASM peer");
  expect(text).toContain("keras-ts-webgl / best WebGL peer");
  expect(text).toMatch(/^\| w +\| +1\.00 \| +1\.50 .* 0\.25 \| +1\.50 \|$/m);
  expect([0.00064, 0.128, 83, 1294].map(formatMs)).toEqual(["0.000640", "0.128", "83.0", "1294"]);
});

test("`same` padding as in Keras: the odd count goes after", () => {
  const stride2 = WORKLOADS.find(({ name }) => name.includes("stride 2")) as Workload;
  expect(geometryOf(stride2)).toMatchObject({ outHeight: 28, padTop: 0, padBottom: 1, padLeft: 0, padRight: 1 });
  expect(outputShape(stride2)).toEqual([1, 28, 28, 128]);
  const oneD = WORKLOADS[1] as Workload;
  expect(geometryOf(oneD)).toMatchObject({ height: 1, kernelHeight: 1, padTop: 0, padLeft: 15, padRight: 15 });
});

test("the reference, by hand", () => {
  const workload: Workload = {
    name: "tiny",
    kind: "separable",
    spatial: [3],
    channels: 1,
    filters: 2,
    kernelSize: 2,
    strides: 1,
  };
  const operands = {
    input: Float32Array.of(1, 2, 3),
    depthwiseKernel: Float32Array.of(1, -1),
    pointwiseKernel: Float32Array.of(2, -2),
    bias: Float32Array.of(0, 1),
  };
  // Depthwise, one zero after: 1-2, 2-3, 3-0.
  const reference = computeReference(workload, operands);
  expect([...reference.values]).toEqual([0, 3, 0, 3, 6, 0]);
  expect(reference.magnitude).toBe(11);
  expect(compare(Float32Array.of(0, 3, 0, 3, 6, 0), reference)).toEqual({ maxError: 0, agrees: true });
  expect(compare(Float32Array.of(0, 3, 0, 3, 6, 0.01), reference).agrees).toBe(false);
  expect(compare(Float32Array.of(Number.NaN, 3, 0, 3, 6, 0), reference)).toMatchObject({ agrees: false });
  expect(compare(Float32Array.of(0), reference)).toEqual({ maxError: Number.POSITIVE_INFINITY, agrees: false });
});

test("operands are the same in every run and differ between workloads", () => {
  const [first, second] = WORKLOADS.slice(0, 2) as [Workload, Workload];
  expect(makeOperands(first).bias).toEqual(makeOperands(first).bias);
  expect(makeOperands(first).bias.slice(0, 32)).not.toEqual(makeOperands(second).bias);
  expect(makeOperands(first).bias.every((value) => value >= -1 && value < 1)).toBe(true);
});
