import { beforeEach, expect, test } from "vitest";
import { ValueError } from "../errors.ts";
import { clearSession } from "../layers/names.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import { Trace } from "../trace/traced-tensor.ts";
import * as ops from "./index.ts";
import { recordable } from "./symbolic.ts";
import { shapeOf, type Value } from "./value.ts";

const sym = (...shape: (number | null)[]) => new KerasTensor(shape, { name: "x" });

/** The message of the ValueError that `fn` throws. */
function refusal(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    expect(error).toBeInstanceOf(ValueError);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("Nothing was thrown.");
}

// Every shape below is what Keras 3 on JAX gives.
test.each([
  [
    [null, null, 4],
    [null, 7, 4],
    [null, 7, 4],
  ],
  [
    [null, 7, 4],
    [null, null, 4],
    [null, 7, 4],
  ],
  [
    [null, 5],
    [null, 1],
    [null, 5],
  ],
  [
    [null, 1],
    [null, null],
    [null, null],
  ],
  [
    [null, 4],
    [7, 3, 4],
    [7, 3, 4],
  ],
  [
    [null, 3],
    [2, 1, 1],
    [2, null, 3],
  ],
  [[null, 5], [1], [null, 5]],
  [[], [null, 3], [null, 3]],
])("%j and %j broadcast to %j", (a, b, expected) => {
  for (const op of [ops.add, ops.subtract, ops.multiply, ops.divide, ops.maximum, ops.minimum, ops.greater, ops.equal])
    expect(op(sym(...a), sym(...b)).shape).toEqual(expected);
});

test("operands that do not broadcast are refused with their shapes", () => {
  expect(refusal(() => ops.add(sym(null, null, 4), sym(null, 7, 5)))).toBe(
    "add: the shapes (None, None, 4) and (None, 7, 5) cannot be broadcast together, since 4 and 5 differ and neither is 1.",
  );
  expect(refusal(() => ops.divide(sym(null, 3), sym(4)))).toMatch(/^divide: .*\(None, 3\) and \(4,\)/);
});

test("a number leaves the shape alone", () => {
  expect(ops.add(sym(null, 3), 2).shape).toEqual([null, 3]);
  expect(ops.multiply(sym(null, null), 2).shape).toEqual([null, null]);
});

test.each([
  [
    [null, 5, 3],
    [-1, 30],
    [null, 30],
  ],
  [
    [null, 5, 3],
    [-1, 4],
    [null, 4],
  ],
  [
    [null, 5, 3],
    [2, 15],
    [2, 15],
  ],
  [
    [null, 5, 3],
    [2, -1],
    [2, null],
  ],
  [
    [null, null, 3],
    [-1, 3],
    [null, 3],
  ],
  [[null], [-1, 11], [null, 11]],
  [
    [2, 3],
    [3, -1],
    [3, 2],
  ],
  [[], [1], [1]],
])("%j reshaped to %j is %j", (from, newshape, expected) => {
  expect(ops.reshape(sym(...from), newshape).shape).toEqual(expected);
});

test.each([
  [[null, 5, 3], [-1, -1], /at most one -1.*\(None, 5, 3\)/],
  [[2, 5, 3], [-1, 4], /total size.*\(2, 5, 3\)/],
  [[2, 3], [4, 2], /total size/],
  [[2, 3], [-2, -3], /non-negative integer/],
  [[2, 3], [1.5, 4], /non-negative integer/],
])("%j cannot be reshaped to %j", (from, newshape, message) => {
  expect(refusal(() => ops.reshape(sym(...from), newshape))).toMatch(message);
});

test.each([
  [[null, 5, 3], [null, 5, 4], -1, [null, 5, 7]],
  [[null, null, 3], [null, 6, 4], -1, [null, null, 7]],
  [[null, 6, 3], [null, null, 4], -1, [null, 6, 7]],
  [[null, 6, 3], [null, null, 3], 1, [null, null, 3]],
  [[null, 5, 3], [null, 6, 3], 1, [null, 11, 3]],
  [[2, 3], [null, 3], 0, [null, 3]],
])("%j and %j joined along %j are %j", (a, b, axis, expected) => {
  expect(ops.concatenate([sym(...a), sym(...b)], axis).shape).toEqual(expected);
});

test("concatenate refuses other sizes, and an axis that is none", () => {
  expect(refusal(() => ops.concatenate([sym(null, 5, 3), sym(null, 6, 3)]))).toMatch(/\(None, 5, 3\), \(None, 6, 3\)/);
  expect(refusal(() => ops.concatenate([sym(null, 5, 3), sym(null, 6, 3)], 5))).toMatch(/axis=5/);
  expect(refusal(() => ops.concatenate([sym(2, 3), sym(2, 3, 1)], 0))).toMatch(/\(2, 3\), \(2, 3, 1\)/);
  const inObject = { axis: 1 };
  // @ts-expect-error the axis is positional
  expect(refusal(() => ops.concatenate([sym(null, 3), sym(null, 3)], inObject))).toMatch(/axis=\{'axis': 1\}/);
});

test("the other ops", () => {
  expect(ops.matmul(sym(null, 3), sym(3, 5)).shape).toEqual([null, 5]);
  expect(ops.matmul(sym(null, null), sym(4, 5)).shape).toEqual([null, 5]);
  expect(ops.matmul(sym(null, 3), sym(null, 5)).shape).toEqual([null, 5]);
  expect(ops.transpose(sym(null, 5, 3)).shape).toEqual([3, 5, null]);
  expect(ops.sum(sym(null, 5, 3), { axis: 1 }).shape).toEqual([null, 3]);
  expect(ops.sum(sym(null, null, 3)).shape).toEqual([]);
  expect(ops.mean(sym(null, null, 3), { axis: -1, keepdims: true }).shape).toEqual([null, null, 1]);
  expect(ops.softmax(sym(null, null, 3)).shape).toEqual([null, null, 3]);
  expect(ops.broadcastTo(sym(null, 1, 3), [2, 5, 3]).shape).toEqual([2, 5, 3]);
  expect(ops.slice(sym(null, 5, 3), [0, 1, 0], [2, 2, 3]).shape).toEqual([2, 2, 3]);
});

test("refusals print None, and no number that stood for it", () => {
  const x = sym(null, 5, 3);
  const refusals = [
    () => ops.transpose(x, [0, 2]),
    () => ops.mean(x, { axis: 3 }),
    () => ops.matmul(sym(null, 3), sym(4, null)),
    () => ops.broadcastTo(sym(null, 4), [2, 3]),
    () => ops.slice(x, [0, 1, 0], [2, 20, 3]),
    () => ops.conv(sym(null, 2, 4), sym(3, 4, 6)),
    () => ops.conv(sym(null, null, 4), sym(3, 5, 6)),
    () => ops.conv(sym(null, null, null, 4), sym(3, 4, 6)),
  ].map(refusal);
  for (const message of refusals) expect(message).not.toMatch(/\d{3}/);
  expect(refusals[0]).toMatch(
    /^transpose cannot be called on symbols of shape \(None, 5, 3\)\. axes must .*\(None, 5, 3\)/,
  );
  expect(refusals[5]).toMatch(/^conv .* \(None, 2, 4\), \(3, 4, 6\)\. .*empty output.*input size=\(2,\)/);
  expect(refusals[7]).toMatch(/x\.shape=\(None, None, None, 4\)/);
});

test("what is found by probing divides by usual sizes, and other errors pass", () => {
  const halves = recordable("halves", (x: Value) => {
    const [n = 0, c = 0] = shapeOf(x);
    if (c === 1) throw new TypeError("of the caller");
    return ops.reshape(x, [n / 2, c * 2]);
  });
  expect(halves(sym(null, 3)).shape).toEqual([null, 6]);
  expect(() => halves(sym(null, 1))).toThrow(TypeError);
  const odd = recordable("odd", (x: Value) => {
    throw new ValueError(`${shapeOf(x)} and ${(shapeOf(x)[0] ?? 0) / 11} of 11`);
  });
  expect(refusal(() => odd(sym(null, 3)))).toBe(
    "odd cannot be called on symbols of shape (None, 3). None,3 and None of 11",
  );
});

test("symbols of a model and of a trace do not mix", () => {
  expect(refusal(() => ops.add(sym(2, 3), new Trace().input(0, [2, 3])))).toMatch(/KerasTensor/);
});

beforeEach(clearSession);

test("recorded calls are counted as in Keras", () => {
  const x = sym(null, 3);
  const names = [ops.add(x, x), ops.multiply(x, x), ops.abs(x), ops.add(x, 1), ops.negative(x), ops.negative(x)];
  expect(names.map((y) => y.history?.operation.name)).toEqual([
    "add",
    "multiply",
    "absolute",
    "add_1",
    "negative",
    "negative_1",
  ]);
});
