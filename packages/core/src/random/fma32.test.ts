import { expect, it } from "vitest";
import { fma32 } from "./fma32.ts";

it("rounds once where rounding to double first would give a tie", () => {
  // 1 + 2⁻²⁴ is halfway between two float32 numbers; the product's last bit, lost in a double, decides.
  const tiny = 2 ** -60;
  expect(fma32(1, 2 ** -24, 1)).toBe(1);
  expect(Math.fround(tiny + (1 + 2 ** -24))).toBe(1);
  expect(fma32(2 ** -30, 2 ** -30, 1)).toBe(1);
  expect(fma32(1 + 2 ** -23, 1 + 2 ** -23, 2 ** -24)).toBe(1 + 2 ** -22 + 2 ** -23 - 2 ** -23);
  // 2²⁴ + 1 + 2⁻⁴⁰ lies just above the tie between 2²⁴ and 2²⁴ + 2; 2²⁴ + 1 − 2⁻⁴⁰ just below.
  expect(fma32(1 + 2 ** -20, 1 - 2 ** -20, 2 ** 24)).toBe(2 ** 24);
  expect(fma32(1 + 2 ** -20, 1 + 2 ** -21, 2 ** 24)).toBe(2 ** 24 + 2);
});

it("passes infinities and exact results through", () => {
  expect(fma32(2, 3, 4)).toBe(10);
  expect(fma32(3e38, 10, 0)).toBe(Number.POSITIVE_INFINITY);
  expect(fma32(Number.NaN, 1, 1)).toBeNaN();
});
