import { env, InferenceSession, Tensor } from "onnxruntime-web";
import { expect, test } from "vitest";
import { channelsFirstShape, encodeModel, INPUT, OUTPUT, transposed } from "../src/onnx/model.ts";
import { integer, integers, message, text } from "../src/onnx/protobuf.ts";
import { makeOperands } from "../src/workloads/operands.ts";
import { compare, computeReference } from "../src/workloads/reference.ts";
import { inputShape, type Workload } from "../src/workloads/workload.ts";

const small = { channels: 4, filters: 4, kernelSize: 3, strides: 1 } as const;
const cases: Workload[] = [
  { ...small, name: "depthwise 1D", kind: "depthwise", spatial: [9] },
  { ...small, name: "depthwise 2D, stride 2, even size", kind: "depthwise", spatial: [8, 6], strides: 2 },
  { ...small, name: "depthwise 2D, stride 2, odd size", kind: "depthwise", spatial: [7, 9], strides: 2 },
  { ...small, name: "separable 1D", kind: "separable", spatial: [9], filters: 6 },
  { ...small, name: "separable 2D", kind: "separable", spatial: [5, 6], filters: 3, kernelSize: 5 },
];

test("the wire format", () => {
  expect([...integer(1, 150)]).toEqual([0x08, 0x96, 0x01]);
  expect([...text(2, "testing")]).toEqual([0x12, 7, ...new TextEncoder().encode("testing")]);
  expect([...integers(6, [3, 270, 86942])]).toEqual([0x32, 6, 3, 0x8e, 2, 0x9e, 0xa7, 5]);
  expect([...message([integer(1, 0), integer(2, 2 ** 40)])]).toEqual([8, 0, 16, 128, 128, 128, 128, 128, 32]);
  expect(() => integer(1, -1)).toThrow("value=-1");
});

test("a model has one graph, its nodes, weights, input and output", () => {
  const workload = cases.at(-1) as Workload;
  const model = fields(encodeModel(workload, makeOperands(workload)));
  expect(model.map(({ number }) => number)).toEqual([1, 2, 7, 8]);
  const graph = fields(model[2]?.bytes ?? new Uint8Array());
  const named = (number: number, nameField: number) =>
    graph
      .filter((field) => field.number === number)
      .map(({ bytes }) => new TextDecoder().decode(fields(bytes).find((field) => field.number === nameField)?.bytes));
  expect(named(1, 4)).toEqual(["Conv", "Conv", "Relu"]);
  expect(named(5, 8)).toEqual(["dw", "b", "pw"]);
  expect(named(11, 1)).toEqual([INPUT]);
  expect(named(12, 1)).toEqual([OUTPUT]);
});

test.each(cases)("onnxruntime computes from it what the reference does: $name", async (workload) => {
  env.wasm.numThreads = 1;
  const operands = makeOperands(workload);
  const session = await InferenceSession.create(encodeModel(workload, operands), { executionProviders: ["wasm"] });
  const positions = operands.input.length / workload.channels;
  const x = new Tensor(
    "float32",
    transposed(operands.input, positions, workload.channels),
    channelsFirstShape(inputShape(workload)),
  );
  const { data } = (await session.run({ [INPUT]: x }))[OUTPUT] as Tensor;
  const output = transposed(data as Float32Array, workload.filters, data.length / workload.filters);
  expect(compare(output, computeReference(workload, operands))).toMatchObject({ agrees: true });
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
