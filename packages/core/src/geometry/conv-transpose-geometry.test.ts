import { expect, test } from "vitest";
import {
  convTransposeCrop,
  convTransposeOutputShape,
  convTransposeOutputSize,
  resolveConvTransposeGeometry,
} from "./conv-transpose-geometry.ts";

// What Keras 3.15.1 on JAX gives for Conv1DTranspose of [1, 1, 1] with the kernel [1, 2, …, k] and no bias.
const GRID = [
  ["valid", 1, 3, null, [1, 0, 0, 1, 0, 0, 1, 0, 0]],
  ["valid", 1, 3, 1, [1, 0, 0, 1, 0, 0, 1, 0]],
  ["valid", 2, 4, null, [1, 2, 0, 0, 1, 2, 0, 0, 1, 2, 0, 0]],
  ["valid", 2, 4, 1, [1, 2, 0, 0, 1, 2, 0, 0, 1, 2, 0]],
  ["valid", 3, 1, null, [1, 3, 6, 5, 3]],
  ["valid", 3, 2, 1, [1, 2, 4, 2, 4, 2, 3, 0]],
  ["valid", 4, 3, 2, [1, 2, 3, 5, 2, 3, 5, 2, 3, 4, 0, 0]],
  ["same", 1, 4, 1, [1, 0, 0, 0, 1, 0, 0, 0, 1, 0]],
  ["same", 2, 1, null, [1, 3, 3]],
  ["same", 2, 2, 1, [1, 2, 1, 2, 1]],
  ["same", 2, 4, 3, [1, 2, 0, 0, 1, 2, 0, 0, 1, 2, 0]],
  ["same", 3, 1, null, [3, 6, 5]],
  ["same", 3, 4, 1, [1, 2, 3, 0, 1, 2, 3, 0, 1, 2]],
  ["same", 4, 1, null, [3, 6, 9]],
  ["same", 4, 2, null, [2, 4, 6, 4, 6, 3]],
  ["same", 4, 2, 1, [2, 4, 6, 4, 6]],
  ["same", 4, 3, null, [1, 2, 3, 5, 2, 3, 5, 2, 3]],
  ["same", 4, 3, 1, [2, 3, 5, 2, 3, 5, 2]],
  ["same", 4, 4, 3, [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3]],
] as const;

test.each(GRID)("%s, kernel %i, stride %i, output padding %s", (padding, kernel, stride, outputPadding, expected) => {
  const axis = { kernel, stride, dilation: 1, padding, outputPadding };
  const crop = convTransposeCrop(axis);
  const y: number[] = Array(convTransposeOutputSize(3, axis) ?? 0).fill(0);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < kernel; j++) {
      const o = i * stride + j - crop;
      if (o >= 0 && o < y.length) y[o] = (y[o] ?? 0) + j + 1;
    }
  }
  expect(y).toEqual(expected);
});

const args = { kernelSize: [3], strides: [2], padding: "same", outputPadding: null, dilation: [1] } as const;

test("unknown sizes stay unknown; filters may be missing", () => {
  expect(convTransposeOutputShape([null, null, 4], 8, "channels_last", args)).toEqual([null, null, 8]);
  expect(convTransposeOutputShape([2, 4, 5], null, "channels_first", args)).toEqual([2, null, 10]);
});

test("a shape of more axes than the kernel's is refused", () => {
  expect(() => convTransposeOutputShape([null, 5, 5, 4], 8, "channels_last", args)).toThrow(
    /more spatial axes.*\(None, 5, 5, 4\).*\(3,\)/s,
  );
});

test("a negative output size is refused, an empty one is not", () => {
  const same = { ...args, kernelSize: [2], outputPadding: [0] };
  expect(resolveConvTransposeGeometry([1], same).outputSize).toEqual([0]);
  expect(() => resolveConvTransposeGeometry([0], same)).toThrow(/negative.*input size=\(0,\).*output_padding=\(0,\)/s);
});
