/** Depthwise convolutions with the pointwise one behind them as one op. */
import { type ConvOp, outputShape, type SeparableOp, type Shape } from "@keras-ts/core";
import { convOp, depthwiseOp, type Family, fn, type OpCase } from "./op-case.ts";

const both = [
  [1, 1],
  [1, 1],
] as const;
const after = [
  [0, 1],
  [0, 1],
] as const;

/** The first convolution, output channels of the second, and the input. */
const rows: readonly [string, ConvOp, number, Shape][] = [
  ["1d k3", depthwiseOp(4, 1, { kernelSize: [3], padding: [[1, 1]] }), 8, [1, 9, 4]],
  ["1d k31, 3 images", depthwiseOp(5, 1, { kernelSize: [31], padding: [[15, 15]] }), 7, [3, 50, 5]],
  ["1d causal, dilated", depthwiseOp(6, 1, { kernelSize: [3], dilation: [4], padding: [[8, 0]] }), 9, [1, 40, 6]],
  ["1d stride 3", depthwiseOp(6, 1, { kernelSize: [4], strides: [3], padding: [[1, 2]] }), 9, [2, 40, 6]],
  ["1d long", depthwiseOp(64, 1, { kernelSize: [5], padding: [[2, 2]] }), 16, [1, 600, 64]],
  ["2d k3", depthwiseOp(8, 1, { kernelSize: [3, 3], padding: both }), 16, [1, 9, 7, 8]],
  ["2d k3 stride 2", depthwiseOp(8, 1, { kernelSize: [3, 3], strides: [2, 2], padding: after }), 16, [2, 12, 10, 8]],
  ["2d k3 valid", depthwiseOp(3, 1, { kernelSize: [3, 3] }), 5, [2, 6, 6, 3]],
  ["2d dilated", depthwiseOp(4, 1, { kernelSize: [3, 2], dilation: [2, 3], padding: both }), 4, [1, 9, 9, 4]],
  ["2d times 3", depthwiseOp(3, 3, { kernelSize: [3, 3], padding: both }), 11, [2, 8, 6, 3]],
  ["2d one row", depthwiseOp(4, 1, { kernelSize: [3, 3], padding: both }), 8, [2, 1, 30, 4]],
  ["2d one column", depthwiseOp(4, 1, { kernelSize: [3, 3], padding: both }), 8, [2, 30, 1, 4]],
  ["2d k1", depthwiseOp(4, 1, { kernelSize: [1, 1] }), 8, [2, 5, 6, 4]],
  ["2d many stripes", depthwiseOp(64, 1, { kernelSize: [5, 3], padding: [[2, 2], both[0]] }), 5, [1, 22, 40, 64]],
  ["2d padded far", depthwiseOp(16, 1, { kernelSize: [3, 3], padding: [[4, 5], both[0]] }), 8, [1, 50, 70, 16]],
  ["2d one position", depthwiseOp(7, 1, { kernelSize: [3, 3] }), 9, [1, 3, 3, 7]],
  ["3d", depthwiseOp(4, 1, { kernelSize: [2, 3, 3], padding: [[0, 1], ...both] }), 6, [2, 5, 6, 7, 4]],
  ["3d to one depth", depthwiseOp(4, 1, { kernelSize: [3, 3, 3], padding: [[0, 0], ...both] }), 6, [2, 3, 6, 7, 4]],
];

const relu6 = fn("relu", 0, 6, 0);

function separableOp(depthwise: ConvOp, outChannels: number, numbers: Partial<ConvOp>): SeparableOp {
  const kernelSize = depthwise.kernelSize.map(() => 1);
  const pointwise = convOp({ kernelSize, inChannels: depthwise.outChannels, outChannels, ...numbers });
  return { kind: "separable", depthwise, pointwise };
}

function casesOf([name, depthwise, outChannels, x]: (typeof rows)[number]): OpCase[] {
  const plain = separableOp(depthwise, outChannels, {});
  const full = separableOp({ ...depthwise, bias: true, activation: relu6 }, outChannels, {
    bias: true,
    residual: true,
    activation: fn("tanh"),
  });
  const inputs = [x, outputShape(plain, [x])];
  const nan = [{ operand: 0, index: 1, value: Number.NaN }];
  return [
    { name, op: plain, inputs: [x], optional: true },
    { name: `${name}, one NaN`, op: plain, inputs: [x], optional: true, pokes: nan },
    { name: `${name}, bias, activations, residual`, op: full, inputs, optional: true },
  ];
}

export const separableFamilies: readonly Family[] = [{ name: "separable", cases: rows.flatMap(casesOf) }];
