/** Who can take part, as data: what `--peers` takes and which ratios reports show. */
import type { Runtime } from "./contestant.ts";

export interface Peer {
  readonly name: string;
  readonly runtime: Runtime;
  /** Whether it computes where ours does, so that its time divides ours in the report: WebAssembly in Node, WebGL in a browser. */
  readonly rival: boolean;
  /** Whether it needs a Python with Keras. */
  readonly python?: boolean;
  /** Sits out a quick look unless it is named: it would take most of its time. */
  readonly slow?: boolean;
}

export const PEERS: readonly Peer[] = [
  { name: "onnxruntime-web", runtime: "node", rival: true },
  { name: "tfjs-wasm", runtime: "node", rival: true },
  { name: "jax-js", runtime: "node", rival: true, slow: true },
  { name: "litert", runtime: "node", rival: true, python: true },
  { name: "tfjs-cpu", runtime: "node", rival: false, slow: true },
  { name: "onnxruntime-node", runtime: "node", rival: false },
  { name: "keras-python-jax", runtime: "node", rival: false, python: true },
  { name: "tfjs-webgl", runtime: "browser", rival: true },
];

/** Whether a contestant of a report is keras-ts, and its plan on values in place, on one thread: neither `layer.apply` nor copied. */
export function isPlan(contestant: string): boolean {
  return isOurs(contestant) && !/-(apply|copied|threads)$/.test(contestant);
}

export function isApply(contestant: string): boolean {
  return isOurs(contestant) && contestant.endsWith("-apply");
}

export function isOurs(contestant: string): boolean {
  return contestant === "keras-ts" || contestant.startsWith("keras-ts-");
}

/** Our plan on several threads. */
export function isThreaded(contestant: string): boolean {
  return isOurs(contestant) && contestant.endsWith("-threads");
}

export function isRival(contestant: string): boolean {
  return PEERS.some(({ name, rival }) => name === contestant && rival);
}

/** Whether it takes part in sweeps: our plan, what it is ranked against, and the native bar. */
export function inSweeps(contestant: string): boolean {
  return isPlan(contestant) || (isRival(contestant) && contestant !== "jax-js") || contestant === "onnxruntime-node";
}

/** Whether a process of Node and nothing else is what it takes. */
export function startsInNode({ runtime, python }: Peer): boolean {
  return runtime === "node" && !python;
}
