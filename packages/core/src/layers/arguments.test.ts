import { expect, test } from "vitest";
import { ValueError } from "../errors.ts";
import {
  assertIntegers,
  assertPadding,
  standardizePadding,
  standardizePositive,
  standardizeTuple,
} from "./arguments.ts";

test("an int, a bool or a list of the right length becomes a tuple", () => {
  expect(standardizeTuple(3, 2, "strides")).toEqual([3, 3]);
  expect(standardizeTuple(true, 2, "strides")).toEqual([1, 1]);
  expect(standardizeTuple([1, 2], 2, "strides")).toEqual([1, 2]);
  expect(standardizeTuple(0, 1, "output_padding", { allowZero: true })).toEqual([0]);
});

test.each([
  [2.5, "strides=2.5"],
  [null, "strides=None"],
  ["22", "strides='22'"],
  [[1, 2, 3], "strides=(1, 2, 3)"],
  [[1, 0], "including values {0}"],
  [["two", 2], "including element 'two'"],
  [[null, 2], "including element None"],
  [-1, "including values {-1}"],
])("%j is refused with its value", (value, mention) => {
  expect(() => standardizeTuple(value, 2, "strides")).toThrow(ValueError);
  expect(() => standardizeTuple(value, 2, "strides")).toThrow(mention);
});

test("padding is taken in any case and stored in lower case", () => {
  expect(standardizePadding("SAME", ["valid", "same"])).toBe("same");
  for (const bad of ["causal", 2, null]) expect(() => standardizePadding(bad, ["valid", "same"])).toThrow(ValueError);
});

test("counts are positive", () => {
  expect(standardizePositive(3, "filters")).toBe(3);
  for (const bad of [0, -1, "3", undefined]) expect(() => standardizePositive(bad, "filters")).toThrow(/filters/);
});

test("what Keras's constructors let pass is refused by build", () => {
  expect(standardizeTuple([2.5, 2], 2, "kernel_size")).toEqual([2.5, 2]);
  expect(() => assertIntegers([2.5, 2], "kernel_size", "stem")).toThrow(/stem.*kernel_size=\(2\.5, 2\)/);
  expect(() => assertPadding(standardizePadding([1, 1], ["valid", "same"]), ["valid", "same"])).toThrow(
    /padding=\(1, 1\)/,
  );
  expect(() => assertIntegers([standardizePositive(1.5, "depth_multiplier")], "depth_multiplier", "stem")).toThrow(
    /1\.5/,
  );
});
