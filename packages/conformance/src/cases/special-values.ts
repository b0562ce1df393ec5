/**
 * One NaN or infinity in an input, kernel or bias element reaches exactly the outputs that depend on it: never through
 * padding, into other groups, channels or pixels, or through what a tile computes beyond its edge (keras-semantics 2.6).
 */
import { type Op, outputShape, type Shape, sizeOf } from "@keras-ts/core";
import { Random } from "../random.ts";
import {
  convOp,
  convTransposeOp,
  depthwiseOp,
  type Family,
  filterGradOf,
  inputGradOf,
  type OpCase,
  weightShapesOf,
} from "./op-case.ts";

const both = [
  [1, 1],
  [1, 1],
] as const;

const convs: readonly [string, ReturnType<typeof convOp>, Shape][] = [
  ["1d padded", convOp({ kernelSize: [3], padding: [[1, 1]], inChannels: 3, outChannels: 5, bias: true }), [2, 7, 3]],
  [
    "1d causal dilated",
    convOp({ kernelSize: [3], dilation: [2], padding: [[4, 0]], inChannels: 2, outChannels: 3 }),
    [2, 6, 2],
  ],
  ["2d padded", convOp({ kernelSize: [3, 3], padding: both, inChannels: 4, outChannels: 8, bias: true }), [1, 6, 5, 4]],
  ["2d valid", convOp({ kernelSize: [3, 3], inChannels: 8, outChannels: 8 }), [1, 6, 8, 8]],
  [
    "2d stride 2",
    convOp({
      kernelSize: [3, 3],
      strides: [2, 2],
      padding: [
        [0, 1],
        [0, 1],
      ],
      inChannels: 3,
      outChannels: 4,
    }),
    [1, 6, 6, 3],
  ],
  ["2d k1", convOp({ kernelSize: [1, 1], inChannels: 9, outChannels: 11, bias: true }), [1, 4, 5, 9]],
  [
    "2d 2 groups",
    convOp({
      kernelSize: [2, 2],
      groups: 2,
      padding: [
        [0, 1],
        [0, 1],
      ],
      inChannels: 6,
      outChannels: 4,
    }),
    [1, 4, 4, 6],
  ],
  ["2d depthwise", depthwiseOp(7, 1, { kernelSize: [3, 3], padding: both, bias: true }), [1, 5, 6, 7]],
  ["2d depthwise x2 stride 2", depthwiseOp(5, 2, { kernelSize: [3, 3], strides: [2, 2], padding: both }), [1, 6, 5, 5]],
  [
    "3d padded",
    convOp({
      kernelSize: [2, 3, 2],
      padding: [
        [1, 0],
        [1, 1],
        [0, 1],
      ],
      inChannels: 2,
      outChannels: 3,
    }),
    [1, 3, 4, 3, 2],
  ],
];

const transposed: readonly [string, Op, Shape][] = [
  [
    "transposed 1d stride 2",
    convTransposeOp({ kernelSize: [3], strides: [2], outputSize: [9], inChannels: 3, outChannels: 4, bias: true }),
    [2, 4, 3],
  ],
  [
    "transposed 2d crop",
    convTransposeOp({
      kernelSize: [4, 4],
      strides: [2, 2],
      crop: [1, 1],
      outputSize: [8, 6],
      inChannels: 3,
      outChannels: 5,
    }),
    [1, 4, 3, 3],
  ],
];

/** Each operand poked at its first, last and some elements. */
function poked(name: string, op: Op, inputs: readonly Shape[]): OpCase[] {
  const random = new Random(name);
  return [...inputs, ...weightShapesOf(op)].flatMap((shape, operand) => {
    const last = sizeOf(shape) - 1;
    const spots = [...new Set([0, last, random.int(0, last), random.int(0, last)])];
    return spots.map((index, i): OpCase => {
      const value = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][i % 3] ?? Number.NaN;
      return {
        name: `${name}, ${value} in operand ${operand} at ${index}`,
        op,
        inputs,
        pokes: [{ operand, index, value }],
      };
    });
  });
}

const zeroTimesInf: OpCase = {
  name: "2d inf under a zero of the kernel",
  op: convOp({ kernelSize: [2, 2], inChannels: 1, outChannels: 1 }),
  inputs: [[1, 3, 3, 1]],
  pokes: [
    { operand: 0, index: 4, value: Number.POSITIVE_INFINITY },
    { operand: 1, index: 3, value: 0 },
  ],
};

export const specialValueFamilies: readonly Family[] = [
  {
    name: "special values",
    cases: [
      ...convs.flatMap(([name, op, input]) => {
        const output = outputShape(op, [input]);
        return [
          ...poked(name, op, [input]),
          ...poked(`${name}, input gradient`, inputGradOf(op, input), [output]),
          ...poked(`${name}, filter gradient`, filterGradOf(op), [input, output]),
        ];
      }),
      ...transposed.flatMap(([name, op, input]) => poked(name, op, [input])),
      zeroTimesInf,
    ],
  },
];
