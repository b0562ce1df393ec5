/**
 * LiteRT (TensorFlow Lite, XNNPACK) in WebAssembly. Its loader is written for pages and finds here what it asks of one, so that it runs
 * in a process of its own; models are converted by TensorFlow (`python/tflite_worker.py`).
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { runInThisContext } from "node:vm";
import type { CompiledModel, Tensor } from "@litertjs/core";
import type { Task } from "../workloads/task.ts";
import type { Contestant, Runner } from "./contestant.ts";
import { PythonWorker } from "./python-worker.ts";

type LiteRt = typeof import("@litertjs/core");

/** `python` is the interpreter of an environment with keras and tensorflow. Rejects where it has none. */
export async function litert(python: string): Promise<Contestant> {
  const worker = new PythonWorker(python, "tflite_worker.py");
  const { tensorflow } = await worker.greeting;
  const library = await load();
  return {
    name: "litert",
    runtime: "node",
    threads: 1,
    note: `converted by TensorFlow ${tensorflow}`,
    prepare: (task) => prepare(library, worker, task),
    close: async () => worker.end(),
  };
}

async function load(): Promise<LiteRt> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("@litertjs/core")), "..", "wasm");
  const importScripts = (url: string): void => {
    runInThisContext(`${readFileSync(url, "utf8")}\n;globalThis.ModuleFactory = ModuleFactory;`, { filename: url });
  };
  Object.assign(globalThis, {
    self: globalThis,
    require,
    importScripts,
    __filename: join(folder, "x.js"),
    __dirname: folder,
  });
  const library = await import("@litertjs/core");
  await library.loadLiteRt(`${folder}/`, { threads: false });
  return library;
}

async function prepare(library: LiteRt, worker: PythonWorker, task: Task): Promise<Runner> {
  const file = join(worker.folder, "model.tflite");
  await worker.prepare(task, file);
  const model: CompiledModel = await library.loadAndCompile(new Uint8Array(readFileSync(file)), {
    accelerator: "wasm",
  });
  const x = new library.Tensor(task.operands.input, [...task.description.inputShape]);
  let last: readonly Tensor[] = [];
  const release = (): void => {
    for (const tensor of last) tensor.delete();
  };
  return {
    async run(calls) {
      for (let i = 0; i < calls; i++) {
        release();
        last = await model.run(x);
      }
    },
    consume: () => Number(last[0]?.toTypedArray()[0]),
    output: async () => Float32Array.from(last[0]?.toTypedArray() ?? []),
    async dispose() {
      release();
      x.delete();
      model.delete();
    },
  };
}
