/** The programs in README.md, run as they are printed there. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test, vi } from "vitest";

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
const program = new URL("./readme-program.mjs", import.meta.url);
const codes = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

afterAll(() => rmSync(program, { force: true }));

/** What the README's n-th program prints, a text a call. */
async function printedBy(n: number): Promise<string[]> {
  writeFileSync(program, codes[n] ?? "");
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import(`${fileURLToPath(program)}?${n}`);
  const printed = log.mock.calls.map((values) => values.join(" "));
  log.mockRestore();
  return printed;
}

test("the README has the programs that are tested here", () => {
  expect(codes).toHaveLength(3);
});

test("the first model of the README runs", async () => {
  const [backend, summary, shape, length, plan] = await printedBy(0);
  expect(backend).toBe("cpu");
  expect(summary).toContain('Model: "spotter"');
  expect([shape, length]).toEqual(["4,12", "12"]);
  expect(plan).toContain("conv+bias+relu");
});

test("the layer of one's own in the README comes back from JSON", async () => {
  expect(await printedBy(1)).toEqual(["SquaredRelu"]);
});

test("the stream of the README looks back as far as its layers do", async () => {
  expect(await printedBy(2)).toEqual(["202"]);
});
