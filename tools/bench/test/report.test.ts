import { expect, test } from "vitest";
import type { Result, Row } from "../src/report/result.ts";
import { applyToPlan, formatMs, formatReport, ratioToRivals } from "../src/report/text.ts";

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
  reference: "float64 loops",
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
