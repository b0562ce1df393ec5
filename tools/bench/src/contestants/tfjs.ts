/**
 * TensorFlow.js as its best case: input, weights and output stay tensors, and the fused op is called without a layer around it.
 * 1-D work is a 4-D tensor of height 1, as `tf.conv1d` makes it.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Operands } from "../workloads/operands.ts";
import { geometryOf, type Workload } from "../workloads/workload.ts";
import type { Contestant, Runner, Runtime } from "./contestant.ts";

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
    prepare: (workload, operands) => prepare(backend, workload, operands),
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

async function prepare(backend: TfjsBackend, workload: Workload, operands: Operands): Promise<Runner> {
  await activateTfjs(backend.name);
  const g = geometryOf(workload);
  const { channels, filters } = workload;
  const strides: [number, number] = [g.strideHeight, g.strideWidth];
  const x = tf.tensor4d(operands.input, [1, g.height, g.width, channels]);
  const filter = tf.tensor4d(operands.depthwiseKernel, [g.kernelHeight, g.kernelWidth, channels, 1]);
  const bias = tf.tensor1d(operands.bias);
  const pad = "same";
  const activation = "relu";
  if (!operands.pointwiseKernel) {
    const call = (): tf.Tensor => tf.fused.depthwiseConv2d({ x, filter, strides, pad, bias, activation });
    return tensorRunner(backend, call, () => tf.dispose([x, filter, bias]));
  }
  const pointwise = tf.tensor4d(operands.pointwiseKernel, [1, 1, channels, filters]);
  const call = (): tf.Tensor => {
    const middle = tf.depthwiseConv2d(x, filter, strides, pad);
    const y = tf.fused.conv2d({ x: middle, filter: pointwise, strides: 1, pad, bias, activation });
    middle.dispose();
    return y;
  };
  return tensorRunner(backend, call, () => tf.dispose([x, filter, pointwise, bias]));
}
