/** Convolutions of every kind with a residual: a second input that is added to the sums before the activation. */
import { type ConvOp, type ConvTransposeOp, outputShape, type Shape } from "@keras-ts/core";
import { convOp, convTransposeOp, depthwiseOp, type Family, fn, type OpCase } from "./op-case.ts";

const both = [
  [1, 1],
  [1, 1],
] as const;

const rows: readonly [string, ConvOp | ConvTransposeOp, Shape][] = [
  ["1d k1", convOp({ kernelSize: [1], inChannels: 5, outChannels: 11 }), [2, 7, 5]],
  ["1d k3 padded", convOp({ kernelSize: [3], padding: [[1, 1]], inChannels: 5, outChannels: 11 }), [2, 7, 5]],
  ["2d k1", convOp({ kernelSize: [1, 1], inChannels: 9, outChannels: 9 }), [1, 5, 5, 9]],
  ["2d k3 padded", convOp({ kernelSize: [3, 3], padding: both, inChannels: 8, outChannels: 8 }), [2, 7, 6, 8]],
  ["2d k3 16 to 18", convOp({ kernelSize: [3, 3], padding: both, inChannels: 16, outChannels: 18 }), [2, 9, 8, 16]],
  ["2d stride 2", convOp({ kernelSize: [3, 3], strides: [2, 2], inChannels: 3, outChannels: 4 }), [1, 9, 9, 3]],
  ["2d 2 groups", convOp({ kernelSize: [3, 3], groups: 2, inChannels: 6, outChannels: 4 }), [1, 5, 5, 6]],
  ["2d to one channel", convOp({ kernelSize: [3, 3], padding: both, inChannels: 7, outChannels: 1 }), [1, 5, 6, 7]],
  ["2d one channel a group", convOp({ kernelSize: [3, 3], groups: 5, inChannels: 15, outChannels: 5 }), [1, 5, 6, 15]],
  ["1d depthwise k7", depthwiseOp(6, 1, { kernelSize: [7], padding: [[3, 3]] }), [1, 19, 6]],
  ["1d depthwise of 2 channels", depthwiseOp(2, 1, { kernelSize: [4], padding: [[3, 0]] }), [1, 19, 2]],
  ["1d depthwise stride 2", depthwiseOp(9, 1, { kernelSize: [4], strides: [2] }), [2, 19, 9]],
  ["2d depthwise times 2", depthwiseOp(5, 2, { kernelSize: [3, 3], padding: both }), [1, 8, 7, 5]],
  ["3d", convOp({ kernelSize: [2, 2, 2], inChannels: 3, outChannels: 5 }), [1, 4, 4, 4, 3]],
  [
    "2d transposed stride 2",
    convTransposeOp({ kernelSize: [3, 3], strides: [2, 2], inChannels: 4, outChannels: 6, outputSize: [9, 9] }),
    [1, 4, 4, 4],
  ],
];

const activations = [null, fn("relu", 0, Number.POSITIVE_INFINITY, 0), fn("tanh")];

export const residualFamilies: readonly Family[] = [
  {
    name: "residual",
    cases: rows.flatMap(([name, plain, input]) =>
      activations.flatMap((activation, i): OpCase[] => {
        const op = { ...plain, residual: true, bias: i > 0, activation };
        const inputs = [input, outputShape(op, [input])];
        const label = `${name}, ${activation?.name ?? "no activation"}`;
        const nan = [{ operand: 1, index: 1, value: Number.NaN }];
        return [
          { name: label, op, inputs, optional: true },
          { name: `${label}, one NaN`, op, inputs, optional: true, pokes: nan },
        ];
      }),
    ),
  },
];
