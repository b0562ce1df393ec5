import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import type { ConvOp } from "../op/op.ts";
import { add, exp } from "../ops/index.ts";
import { engine, tensor } from "../tf.ts";
import { Trace, type TracedTensor } from "../trace/traced-tensor.ts";
import { KerasVariable } from "../variable.ts";
import { expressionKey, packingKey } from "./static-keys.ts";

const key = (value: unknown) => expressionKey(value as TracedTensor, new Map());
const variable = () => new KerasVariable(tensor([1, 2]), { name: "w", path: "w", trainable: true });

test("equal expressions of the same variables are equal, in any trace", () => {
  const w = variable();
  const made = () => exp(add(new Trace().variable(w), 1));
  expect(key(made())).toBe(key(made()));
  expect(key(new Trace().variable(w))).not.toBe(key(new Trace().variable(variable())));
});

test("numbers are told apart, down to the sign of zero", () => {
  const trace = new Trace();
  expect(new Set([0, -0, 1, Number.NaN].map((n) => key(trace.number(n)))).size).toBe(4);
});

test("a constant is known by its data and its shape", () => {
  const x = tensor([1, 2, 3, 4], [2, 2]);
  const of = (t: typeof x) => key(new Trace().constant(t));
  expect(of(x)).toBe(of(x));
  expect(of(x)).not.toBe(of(engine().makeTensorFromTensorInfo({ ...x, shape: [4] })));
  expect(of(x)).not.toBe(of(tensor([1, 2, 3, 4], [2, 2])));
});

test("what is made in very many steps is shared with nobody", () => {
  const w = variable();
  const made = () => {
    let value: unknown = new Trace().variable(w);
    for (let i = 0; i < 40; i++) value = add(value as TracedTensor, value as TracedTensor);
    return value;
  };
  expect(key(made())).not.toBe(key(made()));
  expect(key(made()).length).toBeLessThan(10_000);
});

test("padding is no part of how weights are packed; strides and bias are", () => {
  const op: ConvOp = {
    kind: "conv",
    kernelSize: [3],
    strides: [1],
    dilation: [1],
    padding: [[1, 1]],
    groups: 1,
    inChannels: 2,
    outChannels: 2,
    bias: false,
    activation: null,
  };
  expect(packingKey({ ...op, padding: [[2, 0]] })).toBe(packingKey(op));
  expect(packingKey({ ...op, strides: [2] })).not.toBe(packingKey(op));
  expect(packingKey({ ...op, bias: true })).not.toBe(packingKey(op));
});
