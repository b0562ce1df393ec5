/** What ARCHITECTURE.md quotes of the sources is still there, word for word, and the source files that it names exist. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = readFileSync(`${root}ARCHITECTURE.md`, "utf8");
const layers = `${root}packages/core/src/layers/`;
const generator = `${root}tools/fixtures/keras_ts_fixtures/`;

/** The lines of all code blocks in a language, without what points at a file. */
function quoted(language: string): string[] {
  const blocks = [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))];
  return blocks
    .flatMap(([, block = ""]) => block.split("\n"))
    .map((line) => line.replace(/\s+# \w+\.py$/, "").trim())
    .filter((line) => line !== "");
}

test("the TypeScript of the example stands in the sources", () => {
  const sources = ["repeat-vector.ts", "classes.ts", "index.ts"].map((file) =>
    readFileSync(`${layers}${file}`, "utf8"),
  );
  const lines = quoted("ts");
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(sources.some((source) => source.includes(line))).toBe(true);
});

test("the Python of the example stands in the generator", () => {
  const files = readdirSync(generator).filter((file) => file.endsWith(".py"));
  const source = files.map((file) => readFileSync(`${generator}${file}`, "utf8")).join("\n");
  const lines = quoted("py");
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(source).toContain(line.replace(/,$/, ""));
});

test("the source files that the page names exist", () => {
  const places = ["", "packages/", "packages/core/", "packages/core/src/", "packages/backend-cpu/src/", "tools/"];
  const named = [...page.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name = ""]) => name);
  const known = [...places, "packages/core/src/layers/", "packages/core/src/trace/"];
  expect(named.filter((name) => !known.some((place) => existsSync(`${root}${place}${name}`)))).toEqual([]);
});
