/** The program in README.md, run as it is printed there. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test, vi } from "vitest";

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
const program = new URL("./readme-program.mjs", import.meta.url);

afterAll(() => rmSync(program, { force: true }));

test("the program in the README runs", async () => {
  const [, code = ""] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  writeFileSync(program, code);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import(fileURLToPath(program));
  const printed = log.mock.calls.map((values) => values.join(" "));
  log.mockRestore();
  expect(printed[0]).toBe("cpu");
  expect(printed[1]).toContain('Model: "sequential"');
  expect(printed[2]).toBe("4,48,64 3072");
  expect(printed[3]).toContain("conv+bias+relu");
});
