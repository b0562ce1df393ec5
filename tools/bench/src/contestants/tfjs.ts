/** TensorFlow.js on one of its backends: input, weights and output stay tensors. */
import * as tf from "@tensorflow/tfjs-core";
import type { Task } from "../workloads/task.ts";
import type { Contestant, Runner, Runtime } from "./contestant.ts";
import { compileTfjs, liftedShape } from "./tfjs-graph.ts";

/** A tfjs backend that was registered; `lazy` ones return before they have computed and are read to wait for them. */
export interface TfjsBackend {
  readonly name: string;
  readonly runtime: Runtime;
  readonly lazy?: boolean;
  readonly note?: string;
}

export async function tfjs(backend: TfjsBackend): Promise<Contestant> {
  if (!(await tf.setBackend(backend.name))) throw new Error(`The tfjs backend '${backend.name}' did not start.`);
  await tf.ready();
  const { runtime, note } = backend;
  return {
    name: `tfjs-${backend.name}`,
    runtime,
    threads: 1,
    ...(note === undefined ? {} : { note }),
    prepare: (task) => prepare(backend, task),
  };
}

/** Makes a tfjs backend the active one, unless it is. */
export async function activateTfjs(name: string): Promise<void> {
  if (tf.getBackend() !== name) await tf.setBackend(name);
}

/** Calls that return a tensor each, as a runner: only the last output is kept. */
export function tensorRunner(backend: TfjsBackend, call: () => tf.Tensor, free: () => void): Runner {
  let last: tf.Tensor | null = null;
  const callAll = (calls: number): void => {
    for (let i = 0; i < calls; i++) {
      last?.dispose();
      last = call();
    }
  };
  const kept = (): tf.Tensor => {
    if (!last) throw new Error("Nothing was run.");
    return last;
  };
  return {
    activate: () => activateTfjs(backend.name),
    run: backend.lazy
      ? (calls) => {
          callAll(calls);
          readElement(kept());
        }
      : callAll,
    consume: () => (backend.lazy ? readElement(kept()) : (kept().dataSync()[0] ?? 0)),
    output: async () => Float32Array.from(await kept().data()),
    async dispose() {
      last?.dispose();
      last = null;
      free();
    },
  };
}

/** The first element of a tensor, which waits for everything queued before it. */
function readElement(tensor: tf.Tensor): number {
  const element = tf.slice(
    tensor,
    tensor.shape.map(() => 0),
    tensor.shape.map(() => 1),
  );
  const [value = 0] = element.dataSync();
  element.dispose();
  return value;
}

async function prepare(backend: TfjsBackend, { graph, operands }: Task): Promise<Runner> {
  await activateTfjs(backend.name);
  const compiled = compileTfjs(graph);
  const x = tf.tensor(operands.input, liftedShape(graph.inputShape));
  return tensorRunner(
    backend,
    () => compiled.run(x),
    () => {
      compiled.dispose();
      x.dispose();
    },
  );
}
