// What no linter looks at: nothing tracked may name a registry's host or a path of the machine it was made on, and no file is huge.

import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const git = (/** @type {string[]} */ ...args) =>
  execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
const tracked = git("ls-files", "-z").split("\0").filter(Boolean);

/** @type {{ rule: string, files: (file: string) => boolean, line: RegExp }[]} */
const RULES = [
  {
    rule: "the lockfile names no host and no tarball: it installs from the registry that each machine is set to",
    files: (file) => file === "pnpm-lock.yaml" || file.endsWith("package-lock.json"),
    line: /tarball:|https?:\/\//,
  },
  {
    rule: "no path of somebody's machine",
    files: (file) => /\.(ts|mjs|js|json|jsonc|md|yaml|yml|py|toml|txt|html|css)$/.test(file) || file.startsWith(".ci/"),
    line: /(?:^|[\s"'`(=])(?:\/home\/\w|\/root\/|\/Users\/\w|\/work\/|\/tmp\/\w|[A-Z]:\\Users\\)|file:\/\/\/\w/,
  },
];
const LARGEST_KIB = 4096; // the manifest of thousands of shapes is the largest; what git would carry for ever should not grow past it
const LARGER_KIB = new Map([["fixtures/applications/arrays.npz", 13 * 1024]]); // twelve whole models: weights, and the outputs of 1,600 layers

const found = [];
for (const file of tracked) {
  const path = join(root, file);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) continue;
  const largest = LARGER_KIB.get(file) ?? LARGEST_KIB;
  if (stat.size > largest * 1024) found.push(`${file}: ${Math.ceil(stat.size / 1024)} KiB, more than ${largest}`);
  const rules = RULES.filter((rule) => rule.files(file));
  if (rules.length === 0 || file === "tools/hygiene.mjs") continue;
  for (const [index, text] of readFileSync(path, "utf8").split("\n").entries())
    for (const { rule, line } of rules)
      if (line.test(text)) found.push(`${file}:${index + 1}: ${rule}\n    ${text.trim().slice(0, 160)}`);
}
if (found.length > 0) {
  console.error(found.join("\n"));
  process.exit(1);
}
console.log(`${tracked.length} tracked files are clean`);
