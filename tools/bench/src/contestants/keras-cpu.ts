/** keras-ts on its cpu backend, in the ways that users call it: a plan in its own memory or on arrays, and `layer.apply` on tensors. */
import { cpu } from "@keras-ts/backend-cpu";
import { backendStatus, plan, registerBackend, setBackend } from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { outputShape, sizeOf } from "../workloads/description.ts";
import type { Task } from "../workloads/task.ts";
import type { Contestant, Runner } from "./contestant.ts";
import { makeKeras } from "./keras-model.ts";
import { activateTfjs, tensorRunner } from "./tfjs.ts";

const BACKEND = "cpu";

/** The plan and the layer, on one backend, so many threads, and the relaxed-SIMD build where the engine has it and nothing is said. */
export async function kerasCpu(threads: number, plainSimd: boolean): Promise<Contestant[]> {
  registerBackend(cpu({ threads, relaxed: !plainSimd }));
  await setBackend(BACKEND);
  const detail = backendStatus().find(({ name }) => name === BACKEND)?.detail ?? "";
  const name = /relaxed/i.test(detail) ? "keras-ts-relaxed" : "keras-ts";
  const common = { runtime: "node", threads, note: detail } as const;
  return [
    { name, ...common, prepare: (task) => preparePlan(task, "in place") },
    { name: `${name}-copied`, ...common, prepare: (task) => preparePlan(task, "copied") },
    { name: `${name}-apply`, ...common, prepare: prepareApply },
  ];
}

/**
 * In place, values are where the plan reads and leaves them, as the tensors of tfjs-wasm are; copied, each call takes them
 * from an array of the caller's and puts the results into another.
 */
async function preparePlan(task: Task, values: "in place" | "copied"): Promise<Runner> {
  await activateTfjs(BACKEND);
  const { description, operands } = task;
  const layer = makeKeras(task);
  const compiled = await plan(layer, { inputShapes: [description.inputShape] });
  const own = { inputs: [operands.input], outputs: [new Float32Array(sizeOf(outputShape(description)))] };
  let { inputs, outputs } = values === "in place" ? compiled : own;
  if (values === "in place") inputs[0]?.set(operands.input);
  return {
    run(calls) {
      // The plan's memory moved when another contestant made the heap grow: the values are still in it.
      if (outputs[0]?.length === 0) ({ inputs, outputs } = compiled);
      for (let i = 0; i < calls; i++) compiled.runSync(inputs, outputs);
    },
    consume: () => outputs[0]?.[0] ?? 0,
    output: async () => outputs[0]?.slice() ?? new Float32Array(0),
    async dispose() {
      compiled.dispose();
      layer.dispose();
    },
  };
}

/** The input tensor is there; each call makes an output tensor, which is disposed. */
async function prepareApply(task: Task): Promise<Runner> {
  await activateTfjs(BACKEND);
  const layer = makeKeras(task);
  const x = tf.tensor(task.operands.input, [...task.description.inputShape]);
  const free = (): void => {
    x.dispose();
    layer.dispose();
  };
  return tensorRunner({ name: BACKEND, runtime: "node" }, () => layer.apply(x), free);
}
