/** Starts what runs in Node. Each library is imported only when it takes part. */
import type { Contestant } from "./contestant.ts";
import { type Started, startAll } from "./start.ts";

const PEER_STARTERS: Readonly<Record<string, () => Promise<Contestant[]>>> = {
  "onnxruntime-web": async () => [await (await import("./onnxruntime.ts")).onnxruntimeWeb()],
  "tfjs-wasm": async () => [await (await import("./tfjs-wasm.ts")).tfjsWasm()],
  "tfjs-cpu": async () => [await (await import("./tfjs-cpu.ts")).tfjsCpu()],
  "onnxruntime-node": async () => [await (await import("./onnxruntime.ts")).onnxruntimeNode()],
};

/** keras-ts, then these peers; those of another runtime are left out. */
export async function startInNode(peers: readonly string[]): Promise<Started> {
  return startAll({ "keras-ts": async () => (await import("./keras-cpu.ts")).kerasCpu() }, PEER_STARTERS, peers);
}
