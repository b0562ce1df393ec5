import { expect, test } from "vitest";
import { convOutputShape, convOutputSize, convPadding, resolveConvGeometry } from "./conv-geometry.ts";

// Rows of Keras's own layer tests (DepthwiseConv, SeparableConv, Conv) and of its padding rule.
const base = { padding: "valid", dataFormat: "channels_last" } as const;

test.each([
  [[3, 5, 4], { ...base, filters: 20, kernelSize: [2], strides: [1], dilation: [1] }, [3, 4, 20]],
  [[3, 5, 4], { ...base, filters: 24, kernelSize: [2], strides: [2], dilation: [1] }, [3, 2, 24]],
  [
    [3, 4, 10],
    {
      ...base,
      filters: 24,
      kernelSize: [2],
      strides: [1],
      dilation: [2],
      padding: "same",
      dataFormat: "channels_first",
    },
    [3, 24, 10],
  ],
  [[3, 5, 5, 4], { ...base, filters: 24, kernelSize: [2, 2], strides: [2, 2], dilation: [1, 1] }, [3, 2, 2, 24]],
  [[null, null, 4], { ...base, filters: 8, kernelSize: [3], strides: [2], dilation: [1] }, [null, null, 8]],
] as const)("output shape of %j", (input, args, expected) => {
  expect(convOutputShape(input, args)).toEqual(expected);
});

test("an empty output is refused with all numbers", () => {
  const args = { ...base, filters: 10, kernelSize: [11], strides: [5], dilation: [1] };
  expect(() => convOutputShape([2, 10, 10], args)).toThrow(/zero or negative.*\(2, 10, 10\).*\(11, 10, 10\).*\(5,\)/s);
});

test("same puts the odd extra zero after", () => {
  expect(convPadding(4, 2, 1, 1, "same")).toEqual([0, 1]);
  expect(convPadding(5, 3, 2, 1, "same")).toEqual([1, 1]);
  expect(convPadding(4, 3, 2, 1, "same")).toEqual([0, 1]);
  expect(convPadding(2, 7, 1, 1, "same")).toEqual([3, 3]);
  expect(convPadding(6, 3, 2, 1, "causal")).toEqual([2, 0]);
  expect(convPadding(1, 1, 3, 2, "same")).toEqual([0, 0]);
});

test("sizes: same and causal are ceil(n / stride)", () => {
  for (const [n, stride] of [
    [1, 1],
    [5, 2],
    [7, 3],
    [16, 5],
  ] as const) {
    expect(convOutputSize(n, 4, stride, 1, "same")).toBe(Math.ceil(n / stride));
  }
  expect(convOutputSize(null, 4, 1, 1, "same")).toBeNull();
});

test("an input shorter than the window is refused when an op meets it", () => {
  expect(() => resolveConvGeometry([4], [3], { dilationRate: 2 })).toThrow(
    /empty output.*kernel_size=\(3,\).*dilation_rate=\(2,\)/,
  );
});
