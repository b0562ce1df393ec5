import { expect, it } from "vitest";
import { fma32 } from "./fma32.ts";

it("rounds once where rounding to double first would give a tie", () => {
  // (1 + 2⁻²⁰)(1 − 2⁻²⁰) = 1 − 2⁻⁴⁰: the sum lies just below the middle of 2²⁴ + 2 and 2²⁴ + 4, but a double cannot tell.
  const [a, b, c] = [1 + 2 ** -20, 1 - 2 ** -20, 2 ** 24 + 2];
  expect(Math.fround(a * b + c)).toBe(2 ** 24 + 4);
  expect(fma32(a, b, c)).toBe(2 ** 24 + 2);
  expect(fma32(-a, b, -c)).toBe(-(2 ** 24) - 2);
});

it("passes infinities and exact results through", () => {
  expect(fma32(2, 3, 4)).toBe(10);
  expect(fma32(3e38, 10, 0)).toBe(Number.POSITIVE_INFINITY);
  expect(fma32(Number.NaN, 1, 1)).toBeNaN();
});
