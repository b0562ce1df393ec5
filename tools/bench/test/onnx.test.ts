import { env, InferenceSession, Tensor } from "onnxruntime-web";
import { expect, test } from "vitest";
import { channelsFirstShape, toChannelsFirst, toChannelsLast } from "../src/graph/channels-first.ts";
import { encodeModel, INPUT, OUTPUT } from "../src/onnx/model.ts";
import { float, integer, integers, message, text } from "../src/onnx/protobuf.ts";
import { compare, computeReference } from "../src/reference/compare.ts";
import { outputShape } from "../src/workloads/description.ts";
import { makeTask } from "../src/workloads/task.ts";
import { SMALL } from "./small-workloads.ts";

test("the wire format", () => {
  expect([...integer(1, 150)]).toEqual([0x08, 0x96, 0x01]);
  expect([...text(2, "testing")]).toEqual([0x12, 7, ...new TextEncoder().encode("testing")]);
  expect([...integers(6, [3, 270, 86942])]).toEqual([0x32, 6, 3, 0x8e, 2, 0x9e, 0xa7, 5]);
  expect([...message([integer(1, 0), integer(2, 2 ** 40)])]).toEqual([8, 0, 16, 128, 128, 128, 128, 128, 32]);
  expect([...float(2, 1.5)]).toEqual([0x15, 0, 0, 0xc0, 0x3f]);
  expect(() => integer(1, -1)).toThrow("value=-1");
});

test("a model has one graph, its nodes, weights, input and output", () => {
  const separable = SMALL.find(({ name }) => name === "separable 2D");
  if (!separable) throw new Error("There is no such workload.");
  const model = fields(encodeModel(makeTask(separable).graph));
  expect(model.map(({ number }) => number)).toEqual([1, 2, 7, 8]);
  const graph = fields(model[2]?.bytes ?? new Uint8Array());
  const named = (number: number, nameField: number) =>
    graph
      .filter((field) => field.number === number)
      .map(({ bytes }) => new TextDecoder().decode(fields(bytes).find((field) => field.number === nameField)?.bytes));
  expect(named(1, 4)).toEqual(["Conv", "Conv", "Relu"]);
  expect(named(5, 8)).toEqual(["n1_kernel", "n2_bias", "n2_kernel"]);
  expect(named(11, 1)).toEqual([INPUT]);
  expect(named(12, 1)).toEqual([OUTPUT]);
});

test.each(SMALL)("onnxruntime computes from it what the reference does: $name", async (workload) => {
  env.wasm.numThreads = 1;
  const { graph, operands, description } = makeTask(workload);
  const session = await InferenceSession.create(encodeModel(graph), { executionProviders: ["wasm"] });
  const shape = description.inputShape;
  const x = new Tensor("float32", toChannelsFirst(operands.input, shape), channelsFirstShape(shape));
  const { data } = (await session.run({ [INPUT]: x }))[OUTPUT] as Tensor;
  const output = toChannelsLast(data as Float32Array, outputShape(description));
  expect(compare(output, computeReference(graph, operands.input))).toMatchObject({ agrees: true });
  await session.release();
});

/** The fields of a message; varints as empty bytes. */
function fields(bytes: Uint8Array): { number: number; bytes: Uint8Array }[] {
  const found: { number: number; bytes: Uint8Array }[] = [];
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[offset++] ?? 0;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (offset < bytes.length) {
    const tag = varint();
    const value = varint();
    const length = tag % 8 === 2 ? value : 0;
    found.push({ number: Math.floor(tag / 8), bytes: bytes.subarray(offset, offset + length) });
    offset += length;
  }
  expect(offset).toBe(bytes.length);
  return found;
}
