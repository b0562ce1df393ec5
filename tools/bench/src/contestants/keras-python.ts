/** Python Keras on JAX, compiled, on one core, in a process of its own that holds its own clock (`python/keras_worker.py`). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Task } from "../workloads/task.ts";
import type { Contestant, Runner } from "./contestant.ts";
import { PythonWorker } from "./python-worker.ts";

/** `python` is the interpreter of an environment with keras and jax. Rejects where it has none. */
export async function kerasPython(python: string): Promise<Contestant> {
  const worker = new PythonWorker(python, "keras_worker.py");
  const { keras, jax } = await worker.greeting;
  return {
    name: "keras-python-jax",
    runtime: "node",
    threads: 1,
    note: `Keras ${keras}, JAX ${jax}, jax.jit`,
    prepare: (task) => prepare(worker, task),
    close: async () => worker.end(),
  };
}

async function prepare(worker: PythonWorker, task: Task): Promise<Runner> {
  const output = join(worker.folder, "output");
  await worker.prepare(task, output);
  let first = Number.NaN;
  const time = async (calls: number): Promise<number> => {
    const answer = await worker.ask({ do: "time", calls });
    first = Number(answer["first"]);
    return Number(answer["ms"]);
  };
  return {
    run: async (calls) => void (await time(calls)),
    time,
    consume: () => first,
    async output() {
      await worker.ask({ do: "output", output });
      const bytes = readFileSync(output);
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    },
    dispose: async () => undefined,
  };
}
