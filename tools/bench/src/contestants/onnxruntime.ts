/** onnxruntime, compiled to WebAssembly and native: one thread, the whole model in one session, channels first as it wants it. */
import type { InferenceSession, Tensor, TypedTensor } from "onnxruntime-common";
import { channelsFirstShape, encodeModel, INPUT, OUTPUT, transposed } from "../onnx/model.ts";
import type { Operands } from "../workloads/operands.ts";
import { inputShape, type Workload } from "../workloads/workload.ts";
import type { Contestant, Runner } from "./contestant.ts";

/** What both packages export. */
interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => TypedTensor<"float32">;
}

export async function onnxruntimeWeb(): Promise<Contestant> {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all" } as const;
  return contestant("onnxruntime-web", ort, options);
}

export async function onnxruntimeNode(): Promise<Contestant> {
  const ort = await import("onnxruntime-node");
  const options = {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  } as const;
  return contestant("onnxruntime-node", ort, options);
}

function contestant(name: string, ort: Ort, options: InferenceSession.SessionOptions): Contestant {
  return {
    name,
    runtime: "node",
    threads: 1,
    note: "channels first",
    prepare: (workload, operands) => prepare(ort, options, workload, operands),
  };
}

async function prepare(
  ort: Ort,
  options: InferenceSession.SessionOptions,
  workload: Workload,
  operands: Operands,
): Promise<Runner> {
  const session = await ort.InferenceSession.create(encodeModel(workload, operands), options);
  const { channels, filters } = workload;
  const positions = operands.input.length / channels;
  const input = transposed(operands.input, positions, channels);
  const feeds = { [INPUT]: new ort.Tensor("float32", input, channelsFirstShape(inputShape(workload))) };
  let last: Tensor | undefined;
  const values = (): Float32Array => {
    const data = last?.data;
    if (!(data instanceof Float32Array)) throw new Error("onnxruntime returned no float32 output.");
    return data;
  };
  return {
    // Output arrays of ours would be faster only by staying empty: onnxruntime-web 1.30 does not fill those that live in JavaScript.
    async run(calls) {
      for (let i = 0; i < calls; i++) last = (await session.run(feeds))[OUTPUT];
    },
    consume: () => values()[0] ?? 0,
    output: async () => transposed(values(), filters, values().length / filters),
    dispose: () => session.release(),
  };
}
