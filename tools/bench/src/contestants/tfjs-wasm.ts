/** tfjs's WebAssembly backend, on one thread. */
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import type { Contestant } from "./contestant.ts";
import { tfjs } from "./tfjs.ts";

export async function tfjsWasm(): Promise<Contestant> {
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(dirname(entry) + sep);
  setThreadsCount(1);
  return tfjs({ name: "wasm", runtime: "node", note: "fused ops on tensors" });
}
