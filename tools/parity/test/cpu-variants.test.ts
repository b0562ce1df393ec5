/** The builds and numbers of threads that cpu can be asked for: each is what its name says, and the next one starts as if alone. */
import { compileCpuKernels } from "@keras-ts/backend-cpu";
import { expect, it } from "vitest";
import { defaultHosts } from "../src/hosts.ts";
import { runParity } from "../src/run.ts";
import { copySuite } from "./suites.ts";

const { target: usual } = await compileCpuKernels();

it("every variant replays under its name, on the build and the threads of its name", async () => {
  const backends = ["cpu:relaxed:threads=4", "cpu:plain:threads=1", "cpu:threads=2:plain", "cpu:relaxed", "cpu"];
  const report = await runParity({ directories: [copySuite("depthwise-conv1d")], backends, hosts: defaultHosts() });
  expect(report.backends.map(({ name, detail }) => [name, detail])).toEqual([
    ["cpu:relaxed:threads=4", "WebAssembly relaxed SIMD, 4 threads"],
    ["cpu:plain:threads=1", "WebAssembly SIMD, 1 thread"],
    ["cpu:plain:threads=2", "WebAssembly SIMD, 2 threads"],
    ["cpu:relaxed", expect.stringMatching(/^WebAssembly relaxed SIMD, /)],
    ["cpu", expect.stringMatching(usual === "simd" ? /^WebAssembly SIMD, / : /^WebAssembly relaxed SIMD, /)],
  ]);
  for (const { name } of report.backends)
    expect(report.cases.filter(({ backend }) => backend === name).length, name).toBe(report.cases.length / 5);
  expect(report.totals.agree).toBe(report.totals.total);
  expect((await compileCpuKernels()).target).toBe(usual);
}, 60_000);
