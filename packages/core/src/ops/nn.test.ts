import "@tensorflow/tfjs-backend-cpu";
import { afterEach, describe, expect, test } from "vitest";
import { setImageDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import { tensor } from "../tf.ts";
import { Trace } from "../trace/traced-tensor.ts";
import * as ops from "./index.ts";

const zeros = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const sym = (...shape: (number | null)[]) => new KerasTensor(shape, { name: "x" });
const kernel = zeros(3, 4, 6);

afterEach(() => setImageDataFormat("channels_last"));

/** Options as JavaScript may write them. */
const wrong = (options: object): ops.ConvOptions => options;

const CONVOLUTIONS = {
  conv: (x: KerasTensor | ReturnType<typeof zeros>, options: ops.ConvOptions) => ops.conv(x, kernel, options),
  depthwiseConv: (x: KerasTensor | ReturnType<typeof zeros>, options: ops.ConvOptions) =>
    ops.depthwiseConv(x, kernel, options),
  separableConv: (x: KerasTensor | ReturnType<typeof zeros>, options: ops.ConvOptions) =>
    ops.separableConv(x, kernel, zeros(1, 24, 5), options),
};

describe.each(Object.entries(CONVOLUTIONS))("%s", (name, convolve) => {
  test.each([
    [{ strides: 0 }, /strides=0/],
    [{ strides: -1 }, /strides=-1/],
    [{ strides: 1.5 }, /strides=1\.5/],
    [{ strides: [2.5] }, /strides=\(2\.5,\)/],
    [{ strides: [1, 1] }, /tuple of 1 integers.*strides=\(1, 1\)/],
    [{ strides: null }, /strides=None/],
    [{ dilationRate: 0 }, /dilation_rate=0/],
    [{ dilationRate: [1, 2] }, /dilation_rate=\(1, 2\)/],
    [{ padding: "foo" }, /padding='foo'/],
    [{ padding: "causal" }, /\{'valid', 'same'\}/],
    [{ padding: ["same"] }, /padding/],
    [{ dataFormat: "foo" }, /data_format='foo'/],
    [{ dilation_rate: 2 }, /`dilation_rate` is written `dilationRate` here/],
    [{ stride: 2 }, /'stride': 2/],
    [2, /as one object/],
  ])("refuses %j", (options, message) => {
    for (const x of [zeros(2, 10, 4), sym(null, 10, 4), sym(null, null, 4)]) {
      const call = () => convolve(x, wrong(options as object));
      expect(call).toThrow(ValueError);
      expect(call).toThrow(message);
    }
  });

  test("takes what Keras takes", () => {
    const x = sym(null, 10, 4);
    const sizes = (options: object) => convolve(x, wrong(options)).shape.slice(0, -1);
    expect(sizes({})).toEqual([null, 8]);
    expect(sizes({ strides: 2 })).toEqual([null, 4]);
    expect(sizes({ strides: [2], dilationRate: 2 })).toEqual([null, 3]);
    expect(sizes({ padding: "SAME" })).toEqual([null, 10]);
    expect(sizes({ dilationRate: 2, strides: undefined })).toEqual([null, 6]);
    expect(sizes({ dataFormat: "CHANNELS_LAST" })).toEqual([null, 8]);
    expect(convolve(sym(null, 4, 10), { dataFormat: "channels_first" }).shape.at(-1)).toBe(8);
  });

  test("the global data format is the default", () => {
    setImageDataFormat("channels_first");
    expect(convolve(sym(null, 4, 10), {}).shape.at(-1)).toBe(8);
    expect(convolve(sym(null, 4, 10), { dataFormat: null }).shape.at(-1)).toBe(8);
    expect(convolve(sym(null, 10, 4), { dataFormat: "channels_last" }).shape[1]).toBe(8);
  });

  test("x must have the rank of the kernel", () => {
    expect(() => convolve(sym(null, 10, 10, 4), {})).toThrow(`${name}: x and the kernel must have the same rank`);
    expect(() => convolve(sym(4), { dataFormat: "channels_first" })).toThrow(ValueError);
  });
});

test("matmul does not depend on the global data format", () => {
  setImageDataFormat("channels_first");
  const trace = new Trace();
  expect(ops.matmul(trace.input(0, [7, 3]), trace.input(1, [3, 5])).shape).toEqual([7, 5]);
});

test("unary takes the functions of UNARY_ARITY with their parameters", () => {
  const calls = [
    { name: "foo", params: [] },
    { name: "toString", params: [] },
    { name: "relu", params: [0] },
    { name: "abs", params: [1] },
    { name: "clip", params: ["0", 1] },
    { name: "abs" },
    null,
  ];
  for (const fn of calls) {
    // @ts-expect-error not a UnaryFn
    const call = () => ops.unary(zeros(2), fn);
    expect(call).toThrow(ValueError);
  }
  // @ts-expect-error hi is missing
  expect(() => ops.clip(zeros(2), 0)).toThrow("'clip' takes 2 numbers");
});

test("options that an op does not have are refused", () => {
  const axes = { axes: 1 };
  expect(() => ops.sum(zeros(2, 3), axes as ops.ReduceOptions)).toThrow("passed to sum: {'axes': 1}");
  expect(() => ops.mean(sym(null, 3), { keep_dims: true } as ops.ReduceOptions)).toThrow(ValueError);
  // @ts-expect-error the axis belongs in an object
  expect(() => ops.sum(zeros(2, 3), 1)).toThrow(ValueError);
  expect(() => ops.softmax(zeros(2, 3), { log: true } as object)).toThrow("{'log': True}");
  // @ts-expect-error an axis is a number
  expect(() => ops.sum(zeros(2, 3), { axis: {} })).toThrow(ValueError);
});

test("tensors that do not fit are refused with their shapes", () => {
  expect(() => ops.add(zeros(2, 3), zeros(2, 4))).toThrow(ValueError);
  expect(() => ops.add(zeros(2, 3), zeros(2, 4))).toThrow("add: the shapes (2, 3) and (2, 4)");
  const trace = new Trace();
  expect(() => ops.equal(trace.input(0, [2]), trace.input(1, [3]))).toThrow("equal: the shapes (2,) and (3,)");
  expect(() => ops.broadcastTo(zeros(2, 3), [1, 3])).toThrow(ValueError);
  expect(() => ops.concatenate([zeros(2, 3), zeros(2, 3)], 2)).toThrow(ValueError);
  expect(() => ops.concatenate([])).toThrow(ValueError);
  // @ts-expect-error not a tensor
  expect(() => ops.add(zeros(2), "1")).toThrow("Expected a tensor. Received: '1'");
});
