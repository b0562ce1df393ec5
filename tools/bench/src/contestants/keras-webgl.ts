/** keras-ts on its webgl backend. Values stay on the GPU, as those of tfjs-webgl do, and one element is read back after each batch of calls. */
import { webgl } from "@keras-ts/backend-webgl";
import { plan, registerBackend, setBackend } from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import type { Task } from "../workloads/task.ts";
import type { Contestant, Runner } from "./contestant.ts";
import { makeKeras } from "./keras-model.ts";
import { activateTfjs, type TfjsBackend, tensorRunner } from "./tfjs.ts";

/** The plan and the layer, on one backend; `note` goes into their rows. */
export async function kerasWebgl(note: string): Promise<Contestant[]> {
  registerBackend(webgl());
  await setBackend("webgl");
  const backend: TfjsBackend = { name: "webgl", runtime: "browser", lazy: true };
  const common = { runtime: "browser", threads: 1, note } as const;
  return [
    { name: "keras-ts-webgl", ...common, prepare: (task) => preparePlan(backend, task) },
    {
      name: "keras-ts-webgl-apply",
      ...common,
      prepare: (task) => prepareApply(backend, task),
    },
  ];
}

async function preparePlan(backend: TfjsBackend, task: Task): Promise<Runner> {
  await activateTfjs(backend.name);
  const layer = makeKeras(task);
  const compiled = await plan(layer, { inputShapes: [task.description.inputShape] });
  const x = tf.tensor(task.operands.input, [...task.description.inputShape]);
  const inputs = [x];
  const call = (): tf.Tensor => {
    const [y] = compiled.runTensors(inputs);
    if (!y) throw new Error("The plan returned no tensor.");
    return y;
  };
  return tensorRunner(backend, call, () => {
    x.dispose();
    compiled.dispose();
    layer.dispose();
  });
}

async function prepareApply(backend: TfjsBackend, task: Task): Promise<Runner> {
  await activateTfjs(backend.name);
  const layer = makeKeras(task);
  const x = tf.tensor(task.operands.input, [...task.description.inputShape]);
  return tensorRunner(
    backend,
    () => layer.apply(x),
    () => {
      x.dispose();
      layer.dispose();
    },
  );
}
