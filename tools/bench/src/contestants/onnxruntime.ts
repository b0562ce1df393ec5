/** onnxruntime, compiled to WebAssembly and native: the whole model in one session, channels first as it wants it. */
import type { InferenceSession, Tensor, TypedTensor } from "onnxruntime-common";
import { channelsFirstShape, toChannelsFirst, toChannelsLast } from "../graph/channels-first.ts";
import { encodeModel, INPUT, OUTPUT } from "../onnx/model.ts";
import { outputShape } from "../workloads/description.ts";
import type { Task } from "../workloads/task.ts";
import type { Contestant, Runner } from "./contestant.ts";

/** What both packages export. */
interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => TypedTensor<"float32">;
}

export async function onnxruntimeWeb(threads: number): Promise<Contestant> {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "error";
  const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all" } as const;
  return contestant("onnxruntime-web", ort, options, threads);
}

export async function onnxruntimeNode(): Promise<Contestant> {
  const ort = await import("onnxruntime-node");
  const options = {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  } as const;
  return contestant("onnxruntime-node", ort, options, 1);
}

function contestant(name: string, ort: Ort, options: InferenceSession.SessionOptions, threads: number): Contestant {
  return {
    name,
    runtime: "node",
    threads,
    note: "channels first",
    prepare: (task) => prepare(ort, options, task),
  };
}

async function prepare(ort: Ort, options: InferenceSession.SessionOptions, task: Task): Promise<Runner> {
  const { description, operands, graph } = task;
  const session = await ort.InferenceSession.create(encodeModel(graph), options);
  const input = toChannelsFirst(operands.input, description.inputShape);
  const feeds = { [INPUT]: new ort.Tensor("float32", input, channelsFirstShape(description.inputShape)) };
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
    output: async () => toChannelsLast(values(), outputShape(description)),
    dispose: () => session.release(),
  };
}
