/** Starts what runs in Node. Each library is imported only when it takes part. */

import { hasRelaxedSimd } from "../roofline/limits.ts";
import type { Contestant } from "./contestant.ts";
import { remote } from "./remote.ts";
import { type Started, startAll } from "./start.ts";

export interface NodePeers {
  /** Names; those of another runtime are left out. */
  readonly names: readonly string[];
  /** Whether the names were asked for, or are all there are. */
  readonly named: boolean;
  /** The interpreter of an environment with Keras and JAX, or null. */
  readonly python: string | null;
  /** Those that can, once more on so many threads; 1: not. */
  readonly threads: number;
}

/** Libraries that divide work over threads in Node. */
const THREADED = ["keras-ts", "onnxruntime-web"];

/** keras-ts, then these peers. */
export async function startInNode(peers: NodePeers): Promise<Started> {
  const { names, threads } = peers;
  const again = threads === 1 ? [] : THREADED.filter((name) => name === "keras-ts" || names.includes(name));
  const starters = again.map((library) => {
    const name = `${library}-${threads}-threads`;
    return [name, async () => [await remote({ library, name, threads })]] as const;
  });
  const ours = {
    "keras-ts": () => oursOnCpu({}),
    "keras-ts, its other build": async () => [await otherBuild()],
    ...Object.fromEntries(starters),
  };
  return startAll(ours, peerStarters(peers), names);
}

/** The plan on the build that this process does not choose: two cannot be one process's backend. */
async function otherBuild(): Promise<Contestant> {
  const library = "keras-ts";
  if (hasRelaxedSimd()) return remote({ library, name: "keras-ts", plainSimd: true });
  return remote({ library, name: "keras-ts-relaxed", nodeArguments: ["--experimental-wasm-relaxed-simd"] });
}

export interface StartOptions {
  readonly threads?: number;
  readonly plainSimd?: boolean;
}

/** One contestant by the name of its library: keras-ts's plan, or a peer of Node. */
export async function startOne(name: string, options: StartOptions = {}): Promise<Contestant> {
  const [contestant] = name === "keras-ts" ? await oursOnCpu(options) : [await LIBRARIES[name]?.(options.threads ?? 1)];
  if (!contestant) throw new Error(`There is no such contestant. Received: ${name}`);
  return contestant;
}

async function oursOnCpu({ threads = 1, plainSimd = false }: StartOptions): Promise<Contestant[]> {
  return (await import("./keras-cpu.ts")).kerasCpu(threads, plainSimd);
}

/** Each is imported when it is started. */
const LIBRARIES: Readonly<Record<string, (threads: number) => Promise<Contestant>>> = {
  "onnxruntime-web": async (threads) => (await import("./onnxruntime.ts")).onnxruntimeWeb(threads),
  "tfjs-wasm": async () => (await import("./tfjs-wasm.ts")).tfjsWasm(),
  "jax-js": async () => (await import("./jax-js.ts")).jaxJs(),
  litert: async () => (await import("./litert.ts")).litert(givenPython(process.env["KERAS_PYTHON"])),
  "tfjs-cpu": async () => (await import("./tfjs-cpu.ts")).tfjsCpu(),
  "onnxruntime-node": async () => (await import("./onnxruntime.ts")).onnxruntimeNode(),
};

function peerStarters({ named, python }: NodePeers): Record<string, () => Promise<Contestant[]>> {
  const here = (name: string) => async () => [await startOne(name)];
  return {
    "onnxruntime-web": here("onnxruntime-web"),
    "tfjs-wasm": here("tfjs-wasm"),
    // Beside onnxruntime-web, which defines a Worker in Node, it would count on one.
    "jax-js": async () => [await remote({ library: "jax-js", name: "jax-js" })],
    litert: async () => [
      await remote({ library: "litert", name: "litert", environment: { KERAS_PYTHON: givenPython(python) } }),
    ],
    "tfjs-cpu": async () => [slowOnModels(await startOne("tfjs-cpu"), named)],
    "onnxruntime-node": here("onnxruntime-node"),
    "keras-python-jax": async () => [await (await import("./keras-python.ts")).kerasPython(givenPython(python))],
  };
}

function givenPython(python: string | null | undefined): string {
  if (!python) throw new Error("No Python was given: --python PATH, or KERAS_PYTHON.");
  return python;
}

/** Seconds a call: it sits out whole models unless it was asked for. */
function slowOnModels(contestant: Contestant, asked: boolean): Contestant {
  if (asked) return contestant;
  const reason = "slow on whole models: skipped unless named with --peers";
  return { ...contestant, declines: ({ kind }) => (kind === "model" ? reason : null) };
}
