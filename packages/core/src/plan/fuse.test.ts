import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import type { Op } from "../op/op.ts";
import { add, depthwiseConv, inChannelsLast, multiply, separableConv, transpose, unary } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { tensor } from "../tf.ts";
import { Trace, type TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic, topological } from "../trace/walk.ts";
import { fuse } from "./fuse.ts";

const RELU = { name: "relu", params: [0, Number.POSITIVE_INFINITY, 0] } as const;

let supportsResiduals = true;

function traced(x: Value): TracedTensor {
  return x as TracedTensor;
}

/** The ops that are left to run, as short words. */
function words(outputs: readonly Value[]): string[] {
  return topological(fuse(outputs.map(traced), () => supportsResiduals))
    .filter((v) => v.source.kind === "op" && !isStatic(v))
    .map((v) => (v.source.kind === "op" ? word(v.source.op) : ""));
}

function word(op: Op): string {
  if (op.kind === "conv")
    return `conv${op.bias ? "+bias" : ""}${op.residual ? "+residual" : ""}${op.activation ? `+${op.activation.name}` : ""}`;
  return op.kind === "unary" ? op.fn.name : op.kind;
}

const ones = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);

test("bias and activation join the convolution", () => {
  const x = new Trace().input(0, [1, 9, 4]);
  const y = unary(add(depthwiseConv(x, ones(3, 4, 1)), ones(4)), RELU);
  expect(words([y])).toEqual(["conv+bias+relu"]);
});

test("channels first: the activation moves before the layout change", () => {
  const x = new Trace().input(0, [1, 4, 9]);
  const y = unary(
    inChannelsLast(x, "channels_first", (h) => add(depthwiseConv(h, ones(3, 4, 1)), ones(4))),
    RELU,
  );
  expect(words([y])).toEqual(["transpose", "conv+bias+relu", "transpose"]);
});

test("layout changes between two channels-first convolutions cancel", () => {
  const x = new Trace().input(0, [1, 4, 9]);
  const once = (v: Value) =>
    unary(
      inChannelsLast(v, "channels_first", (h) => depthwiseConv(h, ones(3, 4, 1))),
      RELU,
    );
  expect(words([once(once(x))])).toEqual(["transpose", "conv+relu", "conv+relu", "transpose"]);
});

test("a convolution that is read twice keeps its own value", () => {
  const x = new Trace().input(0, [1, 9, 4]);
  const h = depthwiseConv(x, ones(3, 4, 1));
  expect(words([unary(h, RELU), h])).toEqual(["conv", "relu"]);
});

test("an operand that depends on the input is no bias", () => {
  const trace = new Trace();
  const y = add(depthwiseConv(trace.input(0, [1, 9, 4]), ones(3, 4, 1)), trace.input(1, [4]));
  expect(words([y])).toEqual(["conv", "binary"]);
});

test("a transpose that is read elsewhere too is not undone", () => {
  const x = new Trace().input(0, [2, 3, 4]);
  const t = transpose(x, [0, 2, 1]);
  expect(words([transpose(t, [0, 2, 1]), t]).length).toBeLessThanOrEqual(2);
});

test("separable stays two convolutions with one epilogue", () => {
  const x = new Trace().input(0, [1, 9, 4]);
  const y = unary(add(separableConv(x, ones(3, 4, 2), ones(1, 8, 5)), ones(5)), RELU);
  expect(words([y])).toEqual(["conv", "conv+bias+relu"]);
});

test("a factor and a term a channel join the convolution, as those of a BatchNormalization", () => {
  const x = new Trace().input(0, [1, 9, 4]);
  const normalized = (h: Value) => unary(add(multiply(h, ones(4)), ones(4)), RELU);
  expect(words([normalized(depthwiseConv(x, ones(3, 4, 1)))])).toEqual(["conv+bias+relu"]);
  expect(words([normalized(add(depthwiseConv(x, ones(3, 4, 1)), ones(4)))])).toEqual(["conv+bias+relu"]);
});

test("channels first: they pass the layout change", () => {
  const x = new Trace().input(0, [1, 4, 9]);
  const h = inChannelsLast(x, "channels_first", (v) => depthwiseConv(v, ones(3, 4, 1)));
  expect(words([unary(add(multiply(h, ones(4, 1)), ones(1, 4, 1)), RELU)])).toEqual([
    "transpose",
    "conv+bias+relu",
    "transpose",
  ]);
});

test("a factor an element does not join", () => {
  const x = new Trace().input(0, [1, 9, 4]);
  expect(words([multiply(depthwiseConv(x, ones(3, 4, 1)), ones(7, 4))])).toEqual(["conv", "binary"]);
});

test("a sum of two values joins the convolution before it, and the activation that follows", () => {
  const x = new Trace().input(0, [1, 9, 4]);
  const h = unary(x, RELU);
  expect(words([unary(add(depthwiseConv(h, ones(1, 4, 1)), h), RELU)])).toEqual(["relu", "conv+residual+relu"]);
  expect(words([add(h, add(depthwiseConv(h, ones(1, 4, 1)), ones(4)))])).toEqual(["relu", "conv+bias+residual"]);
});

test("what follows a residual: a bias joins, a factor does not", () => {
  const x = new Trace().input(0, [1, 9, 4]);
  const sum = () => add(depthwiseConv(x, ones(1, 4, 1)), x);
  expect(words([add(sum(), ones(4))])).toEqual(["conv+bias+residual"]);
  expect(words([multiply(sum(), ones(4))])).toEqual(["conv+residual", "binary"]);
});

test("of two convolutions one takes the other's sum", () => {
  const x = new Trace().input(0, [1, 9, 4]);
  const sum = add(depthwiseConv(x, ones(1, 4, 1)), depthwiseConv(x, ones(1, 4, 1)));
  expect(words([sum])).toEqual(["conv", "conv+residual"]);
});

test("a sum stays apart after an activation, where shapes differ, and where the convolution is read twice", () => {
  const x = new Trace().input(0, [1, 9, 4]);
  const conv = () => depthwiseConv(x, ones(1, 4, 1));
  expect(words([add(unary(conv(), RELU), x)])).toEqual(["conv+relu", "binary"]);
  expect(words([add(conv(), x.trace.input(1, [4]))])).toEqual(["conv", "binary"]);
  const h = conv();
  expect(words([add(h, x), h])).toEqual(["conv", "binary"]);
});

test("a sum stays apart on a backend that does not add residuals", () => {
  supportsResiduals = false;
  const x = new Trace().input(0, [1, 9, 4]);
  expect(words([add(depthwiseConv(x, ones(1, 4, 1)), x)])).toEqual(["conv", "binary"]);
  supportsResiduals = true;
});
