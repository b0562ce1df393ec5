import { writeFileSync } from "node:fs";
import { test } from "vitest";
import { LocalHost } from "../src/host.ts";
import type { Host } from "../src/host.ts";
import { toHtml } from "../src/report/html.ts";
import { toTable } from "../src/report/table.ts";
import { runParity } from "../src/run.ts";
import { loadSuites } from "../src/suite/load.ts";
import { type Alterations, RecallingEngine, Unsupported } from "./recalling-engine.ts";

const directories = ["/work/main/fixtures"];
const suites = loadSuites(directories);
class Late extends LocalHost {}
async function go(name: string, alter: Alterations) {
  // the suites that are replayed must be the engine's own: same objects
  const engine = new RecallingEngine(suites, alter);
  const hosts: Record<string, () => Host> = { "-": () => new Late(engine, "cpu", "-"), cpu: () => new Late(engine, "cpu"), webgl: () => new Late(engine, "webgl"), };
  const report = await runParity({ directories, hosts });
  process.stdout.write(toTable(report, { colour: false }));
  writeFileSync(`/tmp/${name}.html`, toHtml(report));
}
test("all", () => go("agree", {}), 60000);
test("some", () => go("differ", {
  output: (id, a) => /pairwise\/00[17]|celu|pairwise\/042/.test(id) ? { shape: a.shape, data: Float32Array.from(a.data, (v, i) => (i % 7 === 3 ? v + 1e-5 * ((i % 5) ** 3) : v)) } : a,
  serialize: (id, j) => id.endsWith("020") ? { ...j, class_name: "Conv1D" } : j,
  call: (id) => { if (id.endsWith("050")) throw new Unsupported("UnsupportedError: webgl: dilation above 8"); if (id.endsWith("051")) throw new TypeError("cannot read x of undefined"); },
}), 60000);
