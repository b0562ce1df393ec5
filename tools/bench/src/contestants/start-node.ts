/** Starts what runs in Node. Each library is imported only when it takes part. */
import type { Contestant } from "./contestant.ts";
import { type Started, startAll } from "./start.ts";

export interface NodePeers {
  /** Names; those of another runtime are left out. */
  readonly names: readonly string[];
  /** Whether the names were asked for, or are all there are. */
  readonly named: boolean;
  /** The interpreter of an environment with Keras and JAX, or null. */
  readonly python: string | null;
}

/** keras-ts, then these peers. */
export async function startInNode({ names, named, python }: NodePeers): Promise<Started> {
  const ours = { "keras-ts": async () => (await import("./keras-cpu.ts")).kerasCpu() };
  const peers: Record<string, () => Promise<Contestant[]>> = {
    "onnxruntime-web": async () => [await (await import("./onnxruntime.ts")).onnxruntimeWeb()],
    "tfjs-wasm": async () => [await (await import("./tfjs-wasm.ts")).tfjsWasm()],
    "jax-js": async () => [await (await import("./jax-js.ts")).jaxJs()],
    "tfjs-cpu": async () => [slowOnModels(await (await import("./tfjs-cpu.ts")).tfjsCpu(), named)],
    "onnxruntime-node": async () => [await (await import("./onnxruntime.ts")).onnxruntimeNode()],
    "keras-python-jax": async () => {
      if (python === null) throw new Error("No Python was given: --python PATH, or KERAS_PYTHON.");
      return [await (await import("./keras-python.ts")).kerasPython(python)];
    },
  };
  return startAll(ours, peers, names);
}

/** Seconds a call: it sits out whole models unless it was asked for. */
function slowOnModels(contestant: Contestant, asked: boolean): Contestant {
  if (asked) return contestant;
  const reason = "slow on whole models: skipped unless named with --peers";
  return { ...contestant, declines: ({ kind }) => (kind === "model" ? reason : null) };
}
