import { expect, it } from "vitest";
import { fromTexels, sizeClass, texels, toTexels } from "./layout.ts";

it("gives a class room for what it was asked for, with at most a quarter to spare", () => {
  for (const n of [1, 2, 3, 5, 8, 9, 17, 100, 1023, 1024, 1025, 65_537, 2 ** 22, 2 ** 26]) {
    const { width, height, shift } = sizeClass(n);
    expect(width).toBe(2 ** shift);
    expect(width * height).toBeGreaterThanOrEqual(n);
    expect(width * (height - 1)).toBeLessThan(Math.max(1.25 * n, 1));
    expect(Math.max(width, height)).toBeLessThanOrEqual(2 * Math.ceil(Math.sqrt(1.25 * n)));
  }
});

it("gives one class to every number of texels that a texture of it holds", () => {
  for (let n = 1; n < 3000; n++) {
    const { key, width, height } = sizeClass(n);
    const capacity = Number(key.split(":")[1]);
    expect(capacity).toBeGreaterThanOrEqual(n);
    expect(width * height).toBeGreaterThanOrEqual(capacity);
    expect(sizeClass(capacity).key).toBe(key);
  }
});

it("pads channels to whole texels and back", () => {
  const shape = [2, 3, 5];
  const values = Float32Array.from({ length: 30 }, (_, i) => i + 1);
  expect(texels(shape)).toBe(12);
  const data = toTexels(values, shape, 48);
  expect(Array.from(data.subarray(0, 9))).toEqual([1, 2, 3, 4, 5, 0, 0, 0, 6]);
  const back = new Float32Array(30);
  fromTexels(data, shape, back);
  expect(back).toEqual(values);
});
