/** The table of docs/tfjs.md names cases and suites that exist, and leaves out none of the suite that holds them. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);
const page = readFileSync(new URL("docs/tfjs.md", root), "utf8");
const manifest = JSON.parse(readFileSync(new URL("fixtures/tfjs-regressions/manifest.json", root), "utf8")) as {
  cases: { id: string }[];
};
const named = [...page.matchAll(/`([a-z0-9_]+\/tfjs\/[a-z0-9-]+)`/g)].flatMap(([, id]) => id ?? []);

test("every case of the suite has its row, and every row its case", () => {
  expect([...new Set(named)].sort()).toEqual(manifest.cases.map(({ id }) => id).sort());
});

test("suites and files that the table names are there", () => {
  const suites = [...page.matchAll(/suites? ((?:`[a-z0-9-]+`(?:, )?)+)/g)].flatMap(([, list = ""]) =>
    [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => `fixtures/${name}/manifest.json`),
  );
  const files = [...page.matchAll(/`(packages\/[^`]+)`/g)].map(([, path = ""]) => path);
  expect(suites.length).toBeGreaterThan(0);
  for (const path of [...suites, ...files]) expect(existsSync(fileURLToPath(new URL(path, root))), path).toBe(true);
});
