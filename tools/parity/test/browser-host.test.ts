/** A page that misbehaves costs the case it was at, never more and never less. In a real browser. */
import { afterEach, expect, it } from "vitest";
import { BrowserHost } from "../src/browser/browser-host.ts";
import type { CaseResult } from "../src/replay/result.ts";
import { loadSuites } from "../src/suite/load.ts";
import { copySuite } from "./suites.ts";

const [suite] = loadSuites([copySuite("depthwise-conv1d")]);
const BAD = suite?.cases[3]?.id ?? "";

/** A stand-in for the page's script: agrees with everything, and does `misdeed` at the bad case's gradient. */
const script = (misdeed: string) => `
globalThis.kerasParity = {
  async start() { return { available: true, detail: "stand-in" }; },
  async replay(path, backend, modes) {
    const bytes = await (await fetch(path)).arrayBuffer();
    const { suite, cases } = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, new DataView(bytes).getUint32(0, true))));
    for (const { id, kind } of cases) for (const mode of modes) {
      if (id === ${JSON.stringify(BAD)} && mode === "gradient") { ${misdeed} }
      await globalThis.kerasParityReport({ suite, id, kind, group: "", backend, mode, status: "agree" });
    }
  },
};`;

let host: BrowserHost | undefined;
afterEach(async () => {
  await host?.close();
});

it.each([
  ["hangs", "for (;;) {}", /no result within 2 s: the page hangs/],
  ["throws", "throw new Error('oops')", /the page failed: .*oops/],
  ["leaves", "window.close(); await new Promise(() => {})", /the page (closed|hangs)|no result within/],
  ["says nothing of a case", "continue", /the page gave no result/],
])(
  "a page that %s",
  async (_, misdeed, reason) => {
    if (!suite) throw new Error("no suite");
    host = new BrowserHost("webgl", { script: script(misdeed), caseTimeoutMs: 2000 });
    expect(await host.start()).toMatchObject({
      available: true,
      detail: expect.stringContaining("stand-in; Chromium"),
    });
    const results: CaseResult[] = [];
    await host.replay({ suite, cases: suite.cases, modes: ["eager", "gradient", "plan"] }, (result) =>
      results.push(result),
    );
    expect(results).toHaveLength(suite.cases.length * 3);
    const failed = results.filter(({ status }) => status !== "agree");
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({
      id: BAD,
      mode: "gradient",
      status: "failed",
      message: expect.stringMatching(reason),
    });
  },
  60_000,
);

it("a script that does not start is a reason", async () => {
  host = new BrowserHost("webgl", { script: "throw new Error('no WebGL here')" });
  const { available, reason } = await host.start();
  expect(available).toBe(false);
  expect(reason).toContain("no WebGL here");
}, 60_000);
