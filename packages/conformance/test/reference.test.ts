/** The reference against numbers that Keras itself printed: sections of `keras-semantics.md` are named. */
import { outputShape, type PoolAxis } from "@keras-ts/core";
import { describe, expect, it } from "vitest";
import { convOp, convTransposeOp, depthwiseOp, fn } from "../src/cases/op-case.ts";
import { adaptiveAxis, poolAxis } from "../src/cases/pool.ts";
import { reference } from "../src/run.ts";
import { conv1dSums } from "./golden/conv1d.ts";
import { transposedGrid } from "./golden/conv1d-transpose.ts";
import { conv2dSums } from "./golden/conv2d.ts";
import { depthwise1dSums } from "./golden/depthwise-conv1d.ts";
import { arange, array, parse } from "./numbers.ts";

/** `same` and `causal` as Keras resolves them (2.1): here the test is the second place that knows, on purpose. */
function padding(mode: string, n: number, k: number, s: number, d: number): [number, number] {
  if (mode === "causal") return [d * (k - 1), 0];
  if (mode === "valid") return [0, 0];
  const total = Math.max((Math.ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

describe("2.1 same, causal, on a kernel of ones", () => {
  it.each([
    ["same", 2, 1, 1, "1 2 3 4", "3 5 7 4"],
    ["same", 3, 2, 1, "1 2 3 4", "6 7"],
    ["same", 3, 2, 1, "1 2 3 4 5", "3 9 9"],
    ["causal", 3, 2, 1, "1 2 3 4 5 6", "1 6 12"],
    ["causal", 3, 1, 4, "1 1 1 1 1", "1 1 1 1 2"],
  ])("%s k=%i s=%i d=%i on %s", (mode, k, s, d, input, expected) => {
    const x = parse(input);
    const op = convOp({
      kernelSize: [k],
      strides: [s],
      dilation: [d],
      padding: [padding(mode, x.length, k, s, d)],
      inChannels: 1,
      outChannels: 1,
    });
    const ones = array(
      Array.from({ length: k }, () => 1),
      k,
      1,
      1,
    );
    expect([...reference(op, [array(x, 1, x.length, 1)], [ones])]).toEqual(parse(expected));
  });
});

it("2.2 groups", () => {
  const op = convOp({ kernelSize: [1], groups: 2, inChannels: 4, outChannels: 4 });
  const kernel = array([1, 2, 3, 4, 5, 6, 7, 8], 1, 2, 4);
  expect([...reference(op, [array([1, 10, 100, 1000], 1, 1, 4)], [kernel])]).toEqual([51, 62, 7300, 8400]);
});

it("1.5 depthwise", () => {
  const op = depthwiseOp(2, 2, { kernelSize: [2] });
  const kernel = array([1, 2, 3, 4, 5, 6, 7, 8], 2, 1, 4); // (2, 2, 2) of Keras: channel c, multiplier m is c·M + m
  expect([...reference(op, [array([1, 2, 3, 4, 5, 6], 1, 3, 2)], [kernel])]).toEqual([16, 20, 34, 40, 28, 36, 54, 64]);
});

it("2.4 transposed", () => {
  const op = convTransposeOp({ kernelSize: [3], strides: [2], outputSize: [6], inChannels: 1, outChannels: 1 });
  const y = reference(op, [array([1, 10, 100], 1, 3, 1)], [array([1, 2, 3], 3, 1, 1)]);
  expect([...y]).toEqual([1, 2, 13, 20, 130, 200]);
});

it.each(transposedGrid)(
  "7.6 Conv1DTranspose $padding k=$k s=$s op=$op",
  ({ padding: mode, k, s, op: extra, values }) => {
    const odd = k % 2;
    const length =
      mode === "valid"
        ? extra === null
          ? 2 * s + Math.max(k, s)
          : 2 * s + k + extra
        : extra === null
          ? 3 * s
          : 2 * s + odd + extra;
    const crop = mode === "valid" ? 0 : Math.floor(Math.max(extra === null ? k - s : k - odd - extra, 0) / 2);
    const op = convTransposeOp({
      kernelSize: [k],
      strides: [s],
      crop: [crop],
      outputSize: [length],
      inChannels: 1,
      outChannels: 1,
    });
    const kernel = array(
      Array.from({ length: k }, (_, i) => i + 1),
      k,
      1,
      1,
    );
    expect([...reference(op, [array([1, 1, 1], 1, 3, 1)], [kernel])]).toEqual(values);
  },
);

/** Σy, Σ(i+1)·y_i and the first and last values of a golden line. */
function expectSums(y: Float64Array, line: { sum: number; weighted: number; first: number[]; last: number[] }): void {
  expect(y.reduce((a, b) => a + b, 0)).toBe(line.sum);
  expect(y.reduce((a, b, i) => a + (i + 1) * b, 0)).toBe(line.weighted);
  expect([...y.slice(0, line.first.length)]).toEqual(line.first);
  expect([...y.slice(y.length - line.last.length)]).toEqual(line.last);
}

it.each(conv1dSums)("7.5 conv1d $mode s=$s d=$d", (line) => {
  const pads = padding(line.mode, 20, 4, line.s, line.d);
  const op = convOp({
    kernelSize: [4],
    strides: [line.s],
    dilation: [line.d],
    padding: [pads],
    inChannels: 3,
    outChannels: 2,
  });
  const x = arange(2, 20, 3);
  expect(outputShape(op, [x.shape])).toEqual(line.shape);
  expectSums(reference(op, [x], [arange(4, 3, 2)]), line);
});

it.each(conv2dSums)("7.5 conv2d $mode s=$strides", (line) => {
  const pads = line.strides.map((s) => padding(line.mode, 10, 2, s, 1));
  const op = convOp({ kernelSize: [2, 2], strides: line.strides, padding: pads, inChannels: 3, outChannels: 2 });
  expectSums(reference(op, [arange(2, 10, 10, 3)], [arange(2, 2, 3, 2)]), line);
});

it.each(depthwise1dSums)("7.5 depthwise 1d $mode s=$s d=$d", (line) => {
  const pads = padding(line.mode, 10, 2, line.s, line.d);
  const op = depthwiseOp(3, 2, { kernelSize: [2], strides: [line.s], dilation: [line.d], padding: [pads] });
  expectSums(reference(op, [arange(2, 10, 3)], [array([...Array(12).keys()], 2, 1, 6)]), line);
});

it("7.5 conv1d of 3 groups, same, dilation 2", () => {
  const op = convOp({
    kernelSize: [3],
    groups: 3,
    dilation: [2],
    padding: [padding("same", 8, 3, 1, 2)],
    inChannels: 6,
    outChannels: 6,
  });
  const y = reference(op, [arange(2, 8, 6)], [arange(3, 2, 6)]);
  expectSums(y, { sum: 421736, weighted: 25379336, first: [696, 722, 932, 966], last: [4302, 4752, 5106] });
});

it("7.5 conv3d valid", () => {
  const op = convOp({ kernelSize: [3, 3, 3], strides: [2, 2, 2], inChannels: 3, outChannels: 2 });
  const y = reference(op, [arange(2, 8, 8, 8, 3)], [arange(3, 3, 3, 3, 2)]);
  expectSums(y, { sum: 1067311404, weighted: 76160032596, first: [], last: [] });
});

it("7.5 conv2d transposed, k=3 s=2 same", () => {
  const op = convTransposeOp({
    kernelSize: [3, 3],
    strides: [2, 2],
    outputSize: [8, 8],
    inChannels: 3,
    outChannels: 5,
  });
  const y = reference(op, [arange(2, 4, 4, 3)], [arange(3, 3, 5, 3)]);
  expectSums(y, { sum: 9841520, weighted: 4383340760, first: [5, 14, 23, 32], last: [18896, 19742, 20588] });
});

describe("gradients of conv are its transposes", () => {
  // ⟨conv(x, w), dy⟩ = ⟨x, input gradient⟩ = ⟨w, filter gradient⟩, whatever the geometry
  const op = convOp({
    kernelSize: [3, 2],
    strides: [2, 1],
    dilation: [1, 2],
    groups: 2,
    padding: [
      [1, 2],
      [0, 3],
    ],
    inChannels: 4,
    outChannels: 6,
  });
  const x = arange(2, 5, 6, 4);
  const w = arange(3, 2, 2, 6);
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((sum, v, i) => sum + v * Number(b[i]), 0);
  const shape = outputShape(op, [x.shape]);
  const dy = arange(...shape);
  const inner = dot(reference(op, [x], [w]), dy.values);

  it("for the input", () => {
    const { padding: pads, ...rest } = op;
    const grad = convTransposeOp({
      ...rest,
      inChannels: 6,
      outChannels: 4,
      crop: pads.map(([before]) => before),
      outputSize: [5, 6],
    });
    expect(dot(reference({ ...grad, kind: "conv_transpose" }, [dy], [w]), x.values)).toBe(inner);
  });
  it("for the filter", () => {
    const { padding: pads, bias: _bias, activation: _activation, ...rest } = op;
    const grad = { ...rest, kind: "conv_filter_grad", padBefore: pads.map(([before]) => before) } as const;
    expect(dot(reference(grad, [x, dy]), w.values)).toBe(inner);
  });
});

it("bias and activation follow the sum", () => {
  const op = convOp({
    kernelSize: [1],
    inChannels: 1,
    outChannels: 2,
    bias: true,
    activation: fn("relu", 0, Number.POSITIVE_INFINITY, 0),
  });
  const y = reference(op, [array([1, -1], 1, 2, 1)], [array([2, 3], 1, 1, 2), array([1, -2])]);
  expect([...y]).toEqual([3, 1, 0, 0]);
});

it("refuses the wrong number of weights", () => {
  const op = convOp({ kernelSize: [1], inChannels: 1, outChannels: 1 });
  expect(() => reference(op, [arange(1, 1, 1)])).toThrow("conv takes 1 weights. Received: 0.");
});

describe("1.11, 2.7, 7.4 pooling", () => {
  const row = (fn: "max" | "mean", axis: PoolAxis, x: readonly number[]): number[] => [
    ...reference({ kind: "pool", fn, axes: [axis] }, [array(x, 1, x.length, 1)]),
  ];

  it("average with same divides by the elements inside", () => {
    expect(row("mean", poolAxis(5, 3, 2, 1, 1), [1, 2, 3, 4, 5])).toEqual([1.5, 3, 4.5]);
    expect(row("mean", poolAxis(2, 3, 2, 0, 1), [10, 20])).toEqual([15]);
    expect(row("mean", poolAxis(4, 4, 1, 1, 2), [1, 2, 3, 4])).toEqual([2, 2.5, 3, 3.5]);
  });

  it("a maximum keeps NaN and −inf", () => {
    const { NaN: nan, NEGATIVE_INFINITY: low } = Number;
    expect(row("max", poolAxis(4, 2, 1), [1, nan, 2, 3])).toEqual([nan, nan, 3]);
    expect(row("max", poolAxis(3, 2, 1), [low, low, 1])).toEqual([low, 1]);
  });

  it("a window may hold more elements than a call takes arguments", () => {
    const n = 150_000;
    const x = Array.from({ length: n }, (_, i) => (i * 7919) % n); // 7919 and n have no common factor: a permutation
    expect(row("max", poolAxis(n, n, 1), x)).toEqual([n - 1]);
    const op = { kind: "pool_grad", fn: "max", axes: [poolAxis(n, n, 1)], inputSize: [n] } as const;
    expect(reference(op, [array([1], 1, 1, 1), array(x, 1, n, 1)]).indexOf(1)).toBe(x.indexOf(n - 1));
    expect(reference({ kind: "softmax", log: false }, [array(x, 1, n)])[x.indexOf(n - 1)]).toBeCloseTo(
      1 - Math.exp(-1),
      5,
    );
  });

  it("adaptive windows overlap where the sizes do not divide", () => {
    expect(row("mean", adaptiveAxis(6, 2), [1, 2, 3, 4, 5, 6])).toEqual([2, 5]);
    expect(row("max", adaptiveAxis(6, 2), [1, 2, 3, 4, 5, 6])).toEqual([3, 6]);
    expect(row("max", adaptiveAxis(7, 3), [1, 2, 3, 4, 5, 6, 7])).toEqual([3, 5, 7]);
    expect(row("mean", adaptiveAxis(2, 5), [1, 2])).toEqual([1, 1, 1.5, 2, 2]);
    const image = { kind: "pool", axes: [adaptiveAxis(4, 2), adaptiveAxis(4, 2)] } as const;
    const x = array(
      Array.from({ length: 16 }, (_, i) => i + 1),
      1,
      4,
      4,
      1,
    );
    expect([...reference({ ...image, fn: "mean" }, [x])]).toEqual([3.5, 5.5, 11.5, 13.5]);
    expect([...reference({ ...image, fn: "max" }, [x])]).toEqual([6, 8, 14, 16]);
  });

  it("2.8 the first of equals takes the gradient", () => {
    const axes = [poolAxis(7, 3, 2)];
    const x = array([2, 2, 2, 2, 2, 2, 2], 1, 7, 1);
    const op = { kind: "pool_grad", fn: "max", axes, inputSize: [7] } as const;
    expect([...reference(op, [array([1, 2, 3], 1, 3, 1), x])]).toEqual([1, 0, 2, 0, 3, 0, 0]);
    const nothing = array([1, 2, 3, 4, 5, 6, 7].fill(Number.NEGATIVE_INFINITY), 1, 7, 1);
    expect([...reference(op, [array([1, 2, 3], 1, 3, 1), nothing])]).toEqual([1, 0, 2, 0, 3, 0, 0]);
  });
});

it("rows of a table, with those that do not exist, as jax.numpy.take in mode fill", () => {
  const table = array([1, 2, 3, 4, 5, 6], 3, 2);
  const { NaN: nan } = Number;
  const y = reference({ kind: "gather" }, [array([0, -1, 3, -4, nan, 1.9]), table]);
  expect([...y]).toEqual([1, 2, 5, 6, nan, nan, nan, nan, nan, nan, 3, 4]);
  const grad = reference({ kind: "gather_grad", rows: 3 }, [
    array([0, -1, 3, 2]),
    array([1, 2, 3, 4, 5, 6, 7, 8], 4, 2),
  ]);
  expect([...grad]).toEqual([1, 2, 0, 0, 10, 12]);
});
