/** keras-ts on its cpu backend, in the two ways that users call it: a plan on typed arrays, and `layer.apply` on tensors. */
import { cpu } from "@keras-ts/backend-cpu";
import { backendStatus, plan, registerBackend, setBackend } from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import type { Operands } from "../workloads/operands.ts";
import { inputShape, outputShape, sizeOf, type Workload } from "../workloads/workload.ts";
import type { Contestant, Runner } from "./contestant.ts";
import { makeLayer } from "./keras-layer.ts";
import { activateTfjs, tensorRunner } from "./tfjs.ts";

const BACKEND = "cpu";

/** The plan and the layer, on one backend. */
export async function kerasCpu(): Promise<Contestant[]> {
  registerBackend(cpu());
  await setBackend(BACKEND);
  const detail = backendStatus().find(({ name }) => name === BACKEND)?.detail ?? "";
  const name = /relaxed/i.test(detail) ? "keras-ts-relaxed" : "keras-ts";
  const common = { runtime: "node", threads: 1, note: detail } as const;
  return [
    { name, ...common, prepare: preparePlan },
    { name: `${name}-apply`, ...common, prepare: prepareApply },
  ];
}

/** Values are copied in and out by each call. */
async function preparePlan(workload: Workload, operands: Operands): Promise<Runner> {
  await activateTfjs(BACKEND);
  const layer = makeLayer(workload, operands);
  const compiled = await plan(layer, { inputShapes: [inputShape(workload)] });
  const inputs = [operands.input];
  const output = new Float32Array(sizeOf(outputShape(workload)));
  const outputs = [output];
  return {
    run(calls) {
      for (let i = 0; i < calls; i++) compiled.runSync(inputs, outputs);
    },
    consume: () => output[0] ?? 0,
    output: async () => output.slice(),
    async dispose() {
      compiled.dispose();
      layer.dispose();
    },
  };
}

/** The input tensor is there; each call makes an output tensor, which is disposed. */
async function prepareApply(workload: Workload, operands: Operands): Promise<Runner> {
  await activateTfjs(BACKEND);
  const layer = makeLayer(workload, operands);
  const x = tf.tensor(operands.input, inputShape(workload));
  const free = (): void => {
    x.dispose();
    layer.dispose();
  };
  return tensorRunner({ name: BACKEND, runtime: "node" }, () => layer.apply(x), free);
}
