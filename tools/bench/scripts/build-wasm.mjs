/** Compiles `assembly/` twice, plain and relaxed SIMD, and writes both as base64 to `src/generated/`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const common = ["assembly/index.ts", "-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--noExportMemory"];
const builds = [
  { file: "limits-simd", constant: "LIMITS_SIMD", features: "simd" },
  { file: "limits-relaxed-simd", constant: "LIMITS_RELAXED_SIMD", features: "simd,relaxed-simd" },
];

async function compile(/** @type {string} */ features) {
  /** @type {Uint8Array | undefined} */
  let wasm;
  const { error, stderr } = await asc.main([...common, "--enable", features, "--baseDir", root, "-o", "limits.wasm"], {
    writeFile: (name, data) => {
      if (name.endsWith(".wasm") && typeof data !== "string") wasm = data;
    },
  });
  if (error || !wasm) throw new Error(stderr.toString());
  return wasm;
}

mkdirSync(join(root, "src/generated"), { recursive: true });
for (const { file, constant, features } of builds) {
  const text = Buffer.from(await compile(features)).toString("base64");
  const source = `/** Made by scripts/build-wasm.mjs from assembly/ (${features}): base64. */\nexport const ${constant} =\n  "${text}";\n`;
  writeFileSync(join(root, `src/generated/${file}.ts`), source);
}
