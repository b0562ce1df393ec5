/** What a page loads to run a contestant: its program bundled and minified, and its WebAssembly, both gzipped. Models are extra. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { bundleForPage } from "../bundle.ts";
import { messageOf } from "../measure/message.ts";
import type { Failure, ShippedBytes } from "../report/result.ts";

interface Program {
  readonly name: string;
  /** What a page's script would import; `keep` makes the bundler keep it. */
  readonly source: string;
  /** Files beside the script: package, and path in the folder of its entry. */
  readonly files?: readonly (readonly [packageName: string, path: string])[];
  readonly external?: readonly string[];
  readonly note?: string;
}

const PROGRAMS: readonly Program[] = [
  {
    name: "keras-ts",
    source: `import { DepthwiseConv1D, plan, registerBackend, setBackend } from "@keras-ts/core";
import { cpu } from "@keras-ts/backend-cpu";
keep(DepthwiseConv1D, plan, registerBackend, setBackend, cpu);`,
    note: "one layer, plans, the cpu backend with both builds, tfjs-core",
  },
  {
    name: "keras-ts, backend-cpu alone",
    source: `import { cpu } from "@keras-ts/backend-cpu"; keep(cpu);`,
    external: ["@keras-ts/core", "@tensorflow/*"],
    note: "both builds; without core and tfjs",
  },
  {
    name: "onnxruntime-web",
    source: `import * as ort from "onnxruntime-web/wasm"; keep(ort.InferenceSession, ort.Tensor, ort.env);`,
    files: [["onnxruntime-web", "ort-wasm-simd-threaded.wasm"]],
    note: "its build for WebAssembly alone",
  },
  {
    name: "tfjs-wasm",
    source: `import * as tf from "@tensorflow/tfjs-core"; import "@tensorflow/tfjs-backend-wasm"; keep(tf.fused, tf.tensor, tf.setBackend);`,
    files: [["@tensorflow/tfjs-backend-wasm", "tfjs-backend-wasm-simd.wasm"]],
    note: "fused ops; no layers",
  },
  {
    name: "tfjs-cpu",
    source: `import * as tf from "@tensorflow/tfjs-core"; import "@tensorflow/tfjs-backend-cpu"; keep(tf.fused, tf.tensor, tf.setBackend);`,
    note: "fused ops; no layers",
  },
  {
    name: "jax-js",
    source: `import { init, jit, lax, nn, numpy } from "@jax-js/jax"; keep(init, jit, lax, nn, numpy);`,
    note: "it makes its WebAssembly in the page",
  },
  {
    name: "litert",
    source: `import { loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core"; keep(loadAndCompile, loadLiteRt, Tensor);`,
    files: [
      ["@litertjs/core", "../wasm/litert_wasm_internal.js"],
      ["@litertjs/core", "../wasm/litert_wasm_internal.wasm"],
    ],
    note: "with the loader that comes beside its .wasm",
  },
];

export async function measureBytes(): Promise<{ bytes: ShippedBytes[]; failures: Failure[] }> {
  const bytes: ShippedBytes[] = [];
  const failures: Failure[] = [];
  for (const program of PROGRAMS) {
    try {
      bytes.push(await bytesOf(program));
    } catch (error) {
      failures.push({ workload: "bytes shipped", contestant: program.name, reason: messageOf(error) });
    }
  }
  return { bytes, failures };
}

async function bytesOf({ name, source, files = [], external = [], note }: Program): Promise<ShippedBytes> {
  const script = await bundleForPage(
    {
      stdin: {
        contents: `${source}\nfunction keep(...kept) { globalThis.kept = kept; }`,
        resolveDir: dirname(fileURLToPath(import.meta.url)),
      },
    },
    external,
  );
  const js = gzipSync(script, { level: 9 }).length;
  const require = createRequire(import.meta.url);
  const wasm = files
    .map(([packageName, path]) => join(dirname(require.resolve(packageName)), path))
    .reduce((sum, path) => sum + gzipSync(readFileSync(path), { level: 9 }).length, 0);
  return { contestant: name, jsBytes: js, wasmBytes: wasm, ...(note === undefined ? {} : { note }) };
}
