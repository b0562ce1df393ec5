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
export async function startInNode(peers: NodePeers): Promise<Started> {
  return startAll({ "keras-ts": oursOnCpu }, startersOf(peers), peers.names);
}

/** One contestant by the name of its library: keras-ts's plan, or a peer. */
export async function startOne(name: string): Promise<Contestant> {
  const starters = startersOf({ names: [name], named: true, python: null });
  const [contestant] = await (name === "keras-ts" ? oursOnCpu() : (starters[name]?.() ?? []));
  if (!contestant) throw new Error(`There is no such contestant. Received: ${name}`);
  return contestant;
}

async function oursOnCpu(): Promise<Contestant[]> {
  return (await import("./keras-cpu.ts")).kerasCpu();
}

function startersOf({ named, python }: NodePeers): Record<string, () => Promise<Contestant[]>> {
  return {
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
}

/** Seconds a call: it sits out whole models unless it was asked for. */
function slowOnModels(contestant: Contestant, asked: boolean): Contestant {
  if (asked) return contestant;
  const reason = "slow on whole models: skipped unless named with --peers";
  return { ...contestant, declines: ({ kind }) => (kind === "model" ? reason : null) };
}
