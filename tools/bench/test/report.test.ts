import { expect, test } from "vitest";
import { toHtml } from "../src/report/html.ts";
import type { Result, Row } from "../src/report/result.ts";
import { applyToPlan, formatReport, gainOfThreads, ratioToRivals } from "../src/report/text.ts";
import { formatMs } from "../src/report/text-table.ts";

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
  expect(gainOfThreads([row("keras-ts-2-threads", 1), row("keras-ts", 1.9)])).toBe(1.9);
  expect(ratioToRivals([row("keras-ts-2-threads", 1), ...rows])).toBe(0.25);
  expect(ratioToRivals([row("keras-ts-relaxed", 0.2), ...rows], "keras-ts-relaxed")).toBe(0.05);
  expect(ratioToRivals([row("keras-ts-relaxed", 3), row("tfjs-wasm", 6)])).toBe(0.5);
  expect(ratioToRivals([row("keras-ts-webgl", 3), row("tfjs-webgl", 6)])).toBe(0.5);
});

const result: Result = {
  machine: "a machine",
  node: "20.0.0",
  date: "2026-01-01T00:00:00.000Z",
  quick: false,
  rows: [...rows, row("keras-ts-webgl", 3, { runtime: "browser" }), row("tfjs-webgl", 6, { runtime: "browser" })],
  limits: { gflops: 40, relaxedGflops: null, bandwidths: [{ workingSetBytes: 2 ** 20, gigabytes: 100 }] },
  rooflines: [{ workload: "w", contestant: "keras-ts", limitMs: 0.8, bound: "compute", attained: 0.8 }],
  sweeps: [1, 10].map((x) => ({ ...row("keras-ts", x), sweep: "s", axis: "T", x })),
  coldStarts: [{ contestant: "keras-ts", workload: "w", medianMs: 30, minMs: 29, maxMs: 40, runs: 9 }],
  peakMemory: [{ contestant: "keras-ts", workload: "w", peakBytes: 2 ** 26, aboveBytes: 2 ** 24 }],
  bytes: [{ contestant: "keras-ts", jsBytes: 2 ** 17, wasmBytes: 0, note: "all of it" }],
  failures: [{ workload: "w", contestant: "jax-js", reason: "no <such> op" }],
};

test("the report has a table a runtime, marks who computed something else, and says the rest", () => {
  const text = formatReport(result);
  expect(text).toContain("a machine\nNode 20.0.0, 2026-01-01");
  expect(text).toContain("2.00 ✗");
  expect(text).toContain("keras-ts / best WASM peer");
  expect(text).toContain("keras-ts-webgl / best WebGL peer");
  expect(text).toMatch(/^\| w +\| +1\.00 \| +1\.50 .* 0\.25 \| +1\.50 \|$/m);
  expect(text).toMatch(/^\| w +\| +keras-ts \| +0\.800 \| +compute \| +80 % \|$/m);
  expect(text).toContain("s, growing T");
  expect(text).toMatch(/keras-ts +\| +30\.0 \|/);
  expect(text).toMatch(/keras-ts +\| +64\.0 MiB \| +16\.0 MiB/);
  expect(text).toMatch(/keras-ts +\| 128\.0 KiB/);
  expect(text).toContain("Not run: jax-js: no <such> op (w)");
  expect([0.00064, 0.128, 83, 1294].map(formatMs)).toEqual(["0.000640", "0.128", "83.0", "1294"]);
});

test("the page says the same, escaped, and leaves out what was not measured", () => {
  const page = toHtml(result);
  expect(page).toContain("Ahead on 1 of 1 rows, 4.0 times as fast");
  expect(page).toContain("no &lt;such&gt; op");
  for (const id of ["milliseconds-a-call", "as-sizes-grow", "cold-start", "bytes", "memory", "all-figures", "not-run"])
    expect(page).toContain(`<h2 id="${id}">`);
  expect(page).not.toMatch(/undefined|NaN|Infinity/);
  const empty = toHtml({ ...result, rows: [], limits: null, rooflines: [], sweeps: [], coldStarts: [], failures: [] });
  expect(empty).not.toContain('<h2 id="cold-start">');
  expect(empty).not.toMatch(/undefined|NaN|Infinity/);
});
