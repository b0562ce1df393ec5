/** Writes the package's file for Node (`tools/node-file.mjs`), with the kernels inflated beside it (`src/kernel-bytes.node.ts`). */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateRawSync } from "node:zlib";
import { writeNodeFile } from "../../../tools/node-file.mjs";
import { RELAXED_SIMD_WASM } from "../dist/generated/relaxed-simd.js";
import { SIMD_WASM } from "../dist/generated/simd.js";

const inflated = (/** @type {string} */ text) =>
  `module.exports =\n  "${inflateRawSync(Buffer.from(text, "base64")).toString("base64")}";\n`;

await writeNodeFile(join(dirname(fileURLToPath(import.meta.url)), ".."), {
  "simd.cjs": inflated(SIMD_WASM),
  "relaxed-simd.cjs": inflated(RELAXED_SIMD_WASM),
});
