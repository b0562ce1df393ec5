import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import type { Op } from "../op/op.ts";
import { add, conv, unary } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { tensor } from "../tf.ts";
import { Trace, type TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic, topological } from "../trace/walk.ts";
import { fuse } from "./fuse.ts";
import { fuseSeparable } from "./fuse-separable.ts";

const RELU = { name: "relu", params: [0, Number.POSITIVE_INFINITY, 0] } as const;

const image = () => new Trace().input(0, [1, 4, 4, 3]);
const ones = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);
const depthwise = (x: Value) => conv(x, ones(3, 3, 1, 3), { padding: "same" });
const pointwise = (x: Value, channels = 5) => conv(x, ones(1, 1, 3, channels));

/** The ops that are left, as words. */
function left(outputs: readonly Value[], from = 1, supports: (op: Op) => boolean = () => true): string[] {
  const fused = fuse(
    outputs.map((x) => x as TracedTensor),
    supports,
  );
  return topological(fuseSeparable(fused, from, supports)).flatMap(({ source }) =>
    source.kind === "op" && !source.inputs.every(isStatic) ? [source.op.kind] : [],
  );
}

test("a depthwise convolution joins the pointwise one that reads it, with what either has taken in", () => {
  expect(left([pointwise(depthwise(image()))])).toEqual(["separable"]);
  expect(left([unary(pointwise(unary(depthwise(image()), RELU)), RELU)])).toEqual(["separable"]);
});

test("a residual is read by the joined op", () => {
  const x = image();
  expect(left([add(pointwise(depthwise(x), 3), x)])).toEqual(["separable"]);
});

test("one pair after another", () => {
  expect(left([pointwise(depthwise(pointwise(depthwise(image()), 3)))])).toEqual(["separable", "separable"]);
});

test("what is read twice, or is an output, stays", () => {
  const between = depthwise(image());
  expect(left([pointwise(between), unary(between, RELU)])).toEqual(["conv", "conv", "unary"]);
  expect(left([pointwise(between), between])).toEqual(["conv", "conv"]);
});

test("only a depthwise convolution, and only before one with kernels of 1, strides of 1 and no groups", () => {
  expect(left([pointwise(pointwise(image(), 3))])).toEqual(["conv", "conv"]);
  expect(left([depthwise(depthwise(image()))])).toEqual(["conv", "conv"]);
  expect(left([conv(depthwise(image()), ones(1, 1, 3, 5), { strides: 2 })])).toEqual(["conv", "conv"]);
  expect(left([conv(depthwise(image()), ones(1, 1, 1, 3))])).toEqual(["conv", "conv"]);
});

test("from so many elements between them, and where the backend can", () => {
  const y = pointwise(depthwise(image())); // 48 elements
  expect(left([y], 48)).toEqual(["separable"]);
  expect(left([y], 49)).toEqual(["conv", "conv"]);
  expect(left([y], 1, ({ kind }) => kind !== "separable")).toEqual(["conv", "conv"]);
});
