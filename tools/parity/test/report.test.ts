import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CaseResult, jsonNumber, withoutNumbers } from "../src/replay/result.ts";
import { toHtml } from "../src/report/html.ts";
import { ProgressLine } from "../src/report/progress.ts";
import { exitStatus, type Report, rowsOf, totalsOf } from "../src/report/report.ts";
import { toTable } from "../src/report/table.ts";
import { VERSION_OF_TOOL } from "../src/version.ts";
import { copySuite, editOutput, runCommand } from "./suites.ts";

const head = { suite: "s", kind: "layer", group: "DepthwiseConv1D", backend: "cpu", mode: "eager" } as const;
const agree: CaseResult = {
  ...withoutNumbers({ ...head, id: "d/one" }, "agree"),
  maxAbs: 1e-7,
  maxRel: 2e-7,
  maxUlp: 3,
  ratio: 0.4,
  tolerance: 1e-6,
  error64: 2e-7,
  kerasError64: 4e-7,
  largest64: 2,
  histogram: [5, 1, 1, 0, 0, 0, 0, 0, 0],
};
const differ: CaseResult = {
  ...agree,
  id: "d/two <b>",
  status: "differ",
  maxAbs: "Infinity",
  maxUlp: "Infinity",
  ratio: "Infinity",
  message: "output: 1 of 7 elements differ",
  worstArray: "output",
  worstIndex: [0, 2],
  expected: "NaN",
  actual: 1.5,
  subject: { layer: { class_name: "</script>" } },
  picture: { rows: 1, columns: 2, rowLabel: "", columnLabel: "axis 0", cells: [0, -1], title: "whole array" },
};
const refused = withoutNumbers(
  { ...head, backend: "webgl", mode: "plan", id: "d/three" },
  "refused",
  "UnsupportedError: no",
);

function reportOf(cases: readonly CaseResult[]): Report {
  return {
    version: "1.2.3",
    modes: ["eager", "gradient", "plan"],
    suites: [{ name: "s", cases: cases.length, generator: { keras: "3.15.1", backend: "jax", command: "make" } }],
    backends: [
      { name: "cpu", status: "available", detail: "SIMD" },
      { name: "webgl", status: "unavailable", reason: "no browser", detail: "" },
    ],
    cases,
    totals: totalsOf(cases),
  };
}

describe("the table", () => {
  it("has a line a layer and backend, what went wrong, the backends and the sum", () => {
    const shapes = withoutNumbers({ ...head, kind: "geometry", backend: "-", id: "d/shape" }, "agree");
    const text = toTable(reportOf([agree, differ, refused, shapes]));
    expect(text).toMatch(/DepthwiseConv1D\s+1\s+cpu\s+1\/2\s+·\s+·\s+inf\s+inf\s+1\.0e-7\s+2\.0e-7\s+0\.50×\s+d\/two/);
    expect(text).toMatch(/\n\s+webgl\s+·\s+·\s+0\/1\s+–/);
    expect(text).toContain("differ  s: d/two <b>  cpu eager\n        output: 1 of 7 elements differ");
    expect(text).toContain("refused  s: d/three  webgl plan");
    expect(text).toContain("webgl: unavailable: no browser");
    expect(text).toMatch(/4 replays of 4 cases: 2 agree, 1 differ, 1 refused\n$/);
    expect(text).not.toContain("\u001b");
    expect(toTable(reportOf([differ]), { colour: true })).toContain("\u001b[31m");
  });
  it("has a line of its own for a group of shapes alone", () => {
    const shapes = withoutNumbers({ ...head, group: "Flatten", backend: "-", id: "f/shape" }, "agree");
    expect(toTable(reportOf([shapes]))).toMatch(/\nFlatten\s+1\s+·\s+·\s+·/);
  });
  it("shows the worst case of a row", () => expect(rowsOf([agree, differ])[0]?.worst?.id).toBe("d/two <b>"));
});

describe("the exit status", () => {
  it.each([
    [[agree], [], 0],
    [[agree, differ], [], 1],
    [[agree, refused], [], 1],
    [[agree], ["cpu"], 0],
    [[agree], ["cpu", "webgl"], 1],
  ] as const)("%#", (cases, asked, status) => expect(exitStatus(reportOf(cases), asked)).toBe(status));
});

describe("the page", () => {
  const html = toHtml(reportOf([agree, differ, refused]));
  it("is one file that loads nothing", () => expect(html).not.toMatch(/\b(src|href)="(?!#)|url\(|@import/));
  it("escapes what cases say", () => {
    expect(html).toContain("d/two &lt;b&gt;");
    expect(html).not.toMatch(/<\/script>[^<]*class_name/);
  });
  it("says how it went", () => {
    expect(html).toContain("2 of 3 replays do not agree");
    expect(toHtml(reportOf([agree]))).toContain("All 1 replays agree");
    const backends = ["plain", "relaxed", "threads=2"].map((word) => ({
      name: `cpu:${word}`,
      status: "available" as const,
      detail: "",
    }));
    const headline = (count: number) => toHtml({ ...reportOf([agree]), backends: backends.slice(0, count) });
    expect(headline(2)).toContain("agree</span> on cpu:plain and cpu:relaxed<");
    expect(headline(3)).toContain("agree</span> on 3 backends<");
    expect(html).toContain('data-cells="[0,-1]"');
  });
  it("sums up all layers, then has those that do not agree first", () => {
    const add = { ...agree, group: "Add", id: "a/one" };
    const matrix = toHtml(reportOf([add, agree, differ])).match(/<table class="matrix">.*?<\/table>/s)?.[0] ?? "";
    const rows = matrix.split("<tr").slice(3);
    expect(rows.map((row) => row.match(/scope="row">(.*?)<\/th>/)?.[1])).toEqual([
      "all",
      "Depthwise<wbr>Conv1D",
      "Add",
    ]);
    expect(rows[0]).toContain('data-show="|cpu|eager|">2 / 3<small>1 differ</small>');
    expect(toHtml(reportOf([agree]))).not.toContain('scope="row">all');
  });
});

describe("the JSON", () => {
  const folder = mkdtempSync(join(tmpdir(), "keras-parity-"));
  const file = join(folder, "reports", "parity.json");
  let report: { [field: string]: unknown; cases: Record<string, unknown>[] };
  beforeAll(async () => {
    const original = copySuite("depthwise-conv1d");
    const changed = copySuite("depthwise-conv1d");
    editOutput(changed, "depthwise_conv1d/pairwise/000", (values) => {
      values[0] = Number.NaN;
      return undefined;
    });
    await runCommand([changed, "--json", file, "--html", join(folder, "parity.html")], [original]);
    report = JSON.parse(readFileSync(file, "utf8"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has the fields that tools rely on", () => {
    expect(Object.keys(report).sort()).toEqual(["backends", "cases", "modes", "suites", "totals", "version"]);
    expect(report["backends"]).toEqual([
      { name: "cpu", status: "available", detail: expect.any(String) },
      { name: "webgl", status: "unavailable", reason: "no browser here", detail: "" },
    ]);
    expect(report["suites"]).toEqual([
      { name: "depthwise-conv1d", cases: 8, generator: expect.objectContaining({ keras: expect.any(String) }) },
    ]);
    expect(report["totals"]).toEqual({
      total: report.cases.length,
      agree: report.cases.length - 3,
      differ: 3,
      refused: 0,
      failed: 0,
    });
    for (const result of report.cases) {
      for (const field of [
        "suite",
        "id",
        "kind",
        "group",
        "backend",
        "mode",
        "status",
        "maxAbs",
        "maxRel",
        "maxUlp",
        "worstIndex",
        "expected",
        "actual",
        "tolerance",
      ])
        expect(result).toHaveProperty(field);
      for (const field of ["histogram", "picture", "subject"]) expect(result).not.toHaveProperty(field);
    }
  });
  it("names the case, the place and both values, and has words for what JSON has none for", () => {
    const result = report.cases.find(({ status }) => status === "differ");
    expect(result).toMatchObject({
      id: "depthwise_conv1d/pairwise/000",
      mode: "eager",
      worstArray: "output",
      expected: "NaN",
      maxAbs: "Infinity",
      worstIndex: [0, 0, 0],
      actual: expect.any(Number),
      tolerance: expect.any(Number),
    });
    expect([jsonNumber(-Infinity), jsonNumber(0.5)]).toEqual(["-Infinity", 0.5]);
  });
});

it("progress is one rewritten line on a terminal, a line a suite elsewhere", () => {
  const written: string[] = [];
  const run = (isTTY: boolean) => {
    written.length = 0;
    const line = new ProgressLine({ isTTY, columns: 60, write: (text) => written.push(text) });
    for (const done of [0, 1, 2]) line.update({ backend: "cpu", suite: "s", done, of: 2, result: agree });
    line.end();
    return written.join("");
  };
  expect(run(false)).toBe("cpu: s (0 of 2 cases done)\n");
  const lines = run(true).split("\r\u001b[2K");
  expect(lines).toEqual(["", expect.stringContaining("0/2 cpu"), expect.stringMatching(/^█+ 2\/2 cpu/), ""]);
});

it("the version is the package's", () => {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(VERSION_OF_TOOL).toBe(manifest.version);
});
