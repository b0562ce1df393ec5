// What would be published, looked at as npm users would get it: contents (publint), types under every module resolution (attw),
// and the weight of what a page loads (size-limit, ceilings in .size-limit.mjs).

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packAll } from "./tarballs.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
let problems = 0;

for (const { name, tarball } of packAll()) {
  const bytes = readFileSync(tarball);
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true, level: "warning" });
  for (const message of messages) report(`${name}: publint: ${formatMessage(message, pkg, { color: false })}`);
  // Types are those of the ECMAScript modules (docs/decisions/0002-esm-only-by-tsc.md), also for the CommonJS file that Node requires (0027).
  const { status, stdout } = bin("attw", [
    tarball,
    "--profile",
    "esm-only",
    "--ignore-rules",
    "false-esm",
    "--format",
    "ascii",
    "--no-color",
    "--no-emoji",
  ]);
  if (status !== 0) report(`${name}: are the types wrong?\n${stdout}`);
  console.log(`${name}: ${(bytes.length / 1024).toFixed(1)} KiB packed`);
}

const size = bin("size-limit", []);
console.log(size.stdout);
if (size.status !== 0) report(`size-limit: a ceiling of .size-limit.mjs is broken\n${size.stderr}`);
process.exitCode = problems === 0 ? 0 : 1;

function report(/** @type {string} */ problem) {
  problems += 1;
  console.error(problem);
}

function bin(/** @type {string} */ name, /** @type {string[]} */ args) {
  return spawnSync(join(root, "node_modules", ".bin", name), args, {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
}
