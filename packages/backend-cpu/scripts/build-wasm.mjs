/**
 * Compiles `assembly/` twice, plain and relaxed SIMD, and writes both as deflate-raw + base64 modules to
 * `src/generated/`: bundlers carry text, and base64 of deflated bytes costs next to nothing after gzip.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import asc from "assemblyscript/asc";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const common = [
  "assembly/index.ts",
  "-O3",
  "--noAssert",
  "--converge",
  "--runtime",
  "stub",
  "--importMemory",
  "--noExportMemory",
  "--exportTable",
  "--initialMemory",
  "1",
  "--maximumMemory",
  "65536",
  "--zeroFilledMemory",
];
const flavours = [
  { file: "simd", constant: "SIMD_WASM", features: "simd" },
  { file: "relaxed-simd", constant: "RELAXED_SIMD_WASM", features: "simd,relaxed-simd" },
];

async function compile(features) {
  let wasm;
  const { error, stderr } = await asc.main([...common, "--enable", features, "--baseDir", root, "-o", "kernels.wasm"], {
    writeFile: (name, data) => {
      if (name.endsWith(".wasm")) wasm = data;
    },
  });
  if (error) throw new Error(stderr.toString());
  return wasm;
}

mkdirSync(join(root, "src/generated"), { recursive: true });
for (const { file, constant, features } of flavours) {
  const wasm = await compile(features);
  const text = deflateRawSync(wasm, { level: 9 }).toString("base64");
  const source = `/** Made by scripts/build-wasm.mjs from assembly/ (${features}): deflate-raw, base64. */\nexport const ${constant} =\n  "${text}";\n`;
  writeFileSync(join(root, `src/generated/${file}.ts`), source);
  console.log(`${file}: ${wasm.length} bytes, ${text.length} as text`);
}
