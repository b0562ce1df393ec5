// The import borders and the bans of biome.json, tried: a file that breaks one is an error, one that keeps them is not.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const refused = [
  ["packages/core/src/layer.ts", 'import "@keras-ts/backend-cpu";', "noRestrictedImports"],
  ["packages/core/src/layer.ts", 'import "keras-ts";', "noRestrictedImports"],
  ["packages/core/src/layer.ts", 'import "@tensorflow/tfjs-core";', "noRestrictedImports"],
  ["packages/core/src/layer.ts", 'import "node:fs/promises";', "noRestrictedImports"],
  ["packages/core/src/tf.ts", 'import "@keras-ts/saving";', "noRestrictedImports"],
  ["packages/backend-cpu/src/conv.ts", 'import "@keras-ts/backend-webgl";', "noRestrictedImports"],
  ["packages/backend-webgl/src/gl/program.ts", 'import "@keras-ts/backend-cpu";', "noRestrictedImports"],
  ["packages/backend-webgl/src/gl/program.ts", 'import "@tensorflow/tfjs-backend-webgl";', "noRestrictedImports"],
  ["packages/backend-webgl/src/tfjs-bridge.ts", 'import "@keras-ts/backend-cpu";', "noRestrictedImports"],
  ["packages/saving/src/load.ts", 'import "@keras-ts/backend-cpu";', "noRestrictedImports"],
  ["packages/saving/src/load.ts", 'import "node:fs";', "noRestrictedImports"],
  ["packages/keras-ts/src/index.ts", 'import "@tensorflow/tfjs-core";', "noRestrictedImports"],
  ["packages/core/src/layer.ts", "console.log(1);", "noConsole"],
  ["packages/core/src/layer.ts", "export default 1;", "noDefaultExport"],
  ["packages/core/src/layer.ts", "export const a: any = 1;", "noExplicitAny"],
] as const;

const accepted = [
  ["packages/core/src/tf.ts", 'import "@tensorflow/tfjs-core";'],
  ["packages/core/src/layer.test.ts", 'import "node:fs";\nconsole.log(1);'],
  ["packages/backend-cpu/src/conv.ts", 'import "@keras-ts/core";'],
  ["packages/backend-cpu/src/tfjs-bridge.ts", 'import "@keras-ts/core";\nimport "@tensorflow/tfjs-core";'],
  ["packages/keras-ts/src/index.ts", 'import "@keras-ts/backend-cpu";'],
] as const;

test.each(refused)("%s: %s is refused by %s", (file, code, rule) => {
  expect(lint(file, code)).toContain(rule);
});

test.each(accepted)("%s: %s is accepted", (file, code) => {
  expect(lint(file, code)).toEqual([]);
});

/** The names of the rules of error level that a file with this code breaks; which packages it may name is not looked at. */
function lint(file: string, code: string): string[] {
  const dir = mkdtempSync(join(tmpdir(), "keras-ts-borders-"));
  try {
    const { vcs: _, ...config } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
    writeFileSync(join(dir, "biome.json"), JSON.stringify(config));
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), `${code}\n`);
    const args = [
      "lint",
      "--reporter=json",
      "--diagnostic-level=error",
      "--skip=correctness/noUndeclaredDependencies",
      file,
    ];
    const { stdout } = spawnSync(process.execPath, [join(root, "node_modules/@biomejs/biome/bin/biome"), ...args], {
      cwd: dir,
      encoding: "utf8",
    });
    return JSON.parse(stdout).diagnostics.map(({ category }: { category: string }) => category.split("/").at(-1));
  } finally {
    rmSync(dir, { recursive: true });
  }
}
