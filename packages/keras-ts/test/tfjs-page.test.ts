/** docs/tfjs.md names cases and tests that exist, in every row, and leaves out no case of the suite that is about tfjs. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const casesOf = (suite: string) => {
  const { cases } = JSON.parse(read(`fixtures/${suite}/manifest.json`)) as { cases: { id: string }[] };
  return cases.map(({ id }) => id);
};

/** What stands against each defect, by the defect: the second column under the first. */
const rows = read("docs/tfjs.md")
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .slice(2) // heading and rule
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, defect = "", proof = ""]) => ({ defect, ...proofsIn(proof) }));

function proofsIn(cell: string) {
  const all = (pattern: RegExp, text = cell) => [...text.matchAll(pattern)].flatMap(([, found]) => found ?? []);
  const tests = [...cell.matchAll(/`([^`]+\.test\.ts)`((?:, "[^"]+")*)/g)].map(([, file = "", titles = ""]) => ({
    file,
    titles: all(/"([^"]+)"/g, titles),
  }));
  const suites = all(/suites? ((?:`[a-z0-9-]+`(?:, )?)+)/g).flatMap((list) => all(/`([^`]+)`/g, list));
  return { cases: all(/`([a-z0-9_]+\/[a-z0-9/-]+)`/g), tests, suites };
}

test("every row names a case or a test", () => {
  expect(rows.length).toBeGreaterThanOrEqual(30);
  for (const { defect, cases, tests } of rows) expect(cases.length + tests.length, defect).toBeGreaterThan(0);
});

test("every named case is in the fixtures, and every case of the suite has its row", () => {
  const named = [...new Set(rows.flatMap(({ cases }) => cases))];
  const regressions = casesOf("tfjs-regressions");
  const others = named.filter((id) => !regressions.includes(id));
  expect(named.filter((id) => !others.includes(id)).sort()).toEqual(regressions.sort());
  expect(others.length).toBeGreaterThan(0);
  expect(casesOf("models")).toEqual(expect.arrayContaining(others));
});

test("every named test stands in the named file", () => {
  const named = rows.flatMap(({ tests }) => tests);
  expect(named.length).toBeGreaterThan(8);
  for (const { file, titles } of named) {
    expect(titles.length, file).toBeGreaterThan(0);
    const source = read(file);
    for (const title of titles) {
      const calls = ["test", "it"].filter((call) => source.includes(`${call}("${title}", `));
      expect(calls, `${file}: ${title}`).toHaveLength(1);
    }
  }
});

test("every named suite is there", () => {
  const suites = rows.flatMap((row) => row.suites);
  expect(suites.length).toBeGreaterThan(0);
  for (const name of suites) expect(existsSync(new URL(`fixtures/${name}/manifest.json`, root)), name).toBe(true);
});
