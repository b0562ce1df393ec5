/** Convolutions of every geometry, each with both of its gradients. */
import { outputShape } from "@keras-ts/core";
import { depthwiseRows } from "./conv-depthwise.ts";
import { type ConvRow, convOp, convWithGradients, depthwiseOp, type Family, type OpCase } from "./op-case.ts";

const dense: readonly ConvRow[] = [
  ["1d k3", convOp({ kernelSize: [3], inChannels: 4, outChannels: 5 }), [2, 9, 4]],
  ["1d k1", convOp({ kernelSize: [1], inChannels: 7, outChannels: 3 }), [3, 6, 7]],
  [
    "1d k2 even, padding after only",
    convOp({ kernelSize: [2], padding: [[0, 1]], inChannels: 3, outChannels: 4 }),
    [2, 7, 3],
  ],
  [
    "1d k4 even, 1 before and 2 after",
    convOp({ kernelSize: [4], padding: [[1, 2]], inChannels: 2, outChannels: 6 }),
    [1, 8, 2],
  ],
  [
    "1d causal k3 dilation 4",
    convOp({ kernelSize: [3], dilation: [4], padding: [[8, 0]], inChannels: 2, outChannels: 3 }),
    [2, 5, 2],
  ],
  [
    "1d kernel longer than the input",
    convOp({ kernelSize: [7], padding: [[3, 3]], inChannels: 3, outChannels: 2 }),
    [2, 2, 3],
  ],
  [
    "1d window longer than the input",
    convOp({ kernelSize: [5], dilation: [3], padding: [[6, 6]], inChannels: 2, outChannels: 2 }),
    [1, 3, 2],
  ],
  ["1d length 1", convOp({ kernelSize: [3], padding: [[1, 1]], inChannels: 5, outChannels: 4 }), [3, 1, 5]],
  ["1d stride 2", convOp({ kernelSize: [3], strides: [2], inChannels: 4, outChannels: 4 }), [2, 10, 4]],
  [
    "1d stride 2, last input unused",
    convOp({ kernelSize: [3], strides: [2], inChannels: 3, outChannels: 2 }),
    [1, 8, 3],
  ],
  ["1d stride 5 beyond kernel 2", convOp({ kernelSize: [2], strides: [5], inChannels: 3, outChannels: 3 }), [2, 17, 3]],
  [
    "1d stride 3 with dilation 2",
    convOp({ kernelSize: [3], strides: [3], dilation: [2], padding: [[2, 1]], inChannels: 2, outChannels: 5 }),
    [2, 14, 2],
  ],
  [
    "1d padding wider than the kernel",
    convOp({ kernelSize: [2], padding: [[4, 5]], inChannels: 2, outChannels: 3 }),
    [1, 3, 2],
  ],
  ["1d batch 5", convOp({ kernelSize: [3], padding: [[1, 1]], inChannels: 8, outChannels: 8 }), [5, 11, 8]],
  ["2d k3", convOp({ kernelSize: [3, 3], inChannels: 3, outChannels: 8 }), [2, 7, 6, 3]],
  [
    "2d k3 padded",
    convOp({
      kernelSize: [3, 3],
      padding: [
        [1, 1],
        [1, 1],
      ],
      inChannels: 8,
      outChannels: 8,
    }),
    [1, 8, 9, 8],
  ],
  [
    "2d k3 stride 2 asymmetric",
    convOp({
      kernelSize: [3, 3],
      strides: [2, 2],
      padding: [
        [0, 1],
        [0, 1],
      ],
      inChannels: 3,
      outChannels: 16,
    }),
    [1, 12, 10, 3],
  ],
  [
    "2d k5x2 strides 1x3",
    convOp({
      kernelSize: [5, 2],
      strides: [1, 3],
      padding: [
        [2, 2],
        [0, 1],
      ],
      inChannels: 4,
      outChannels: 6,
    }),
    [2, 6, 11, 4],
  ],
  [
    "2d k3 dilation 2x3",
    convOp({
      kernelSize: [3, 3],
      dilation: [2, 3],
      padding: [
        [2, 2],
        [3, 3],
      ],
      inChannels: 4,
      outChannels: 4,
    }),
    [1, 9, 10, 4],
  ],
  [
    "2d k2 dilation 3 stride 2",
    convOp({ kernelSize: [2, 2], dilation: [3, 3], strides: [2, 2], inChannels: 3, outChannels: 4 }),
    [1, 9, 8, 3],
  ],
  [
    "2d k7 stem",
    convOp({
      kernelSize: [7, 7],
      strides: [2, 2],
      padding: [
        [3, 2],
        [3, 2],
      ],
      inChannels: 3,
      outChannels: 9,
    }),
    [1, 14, 13, 3],
  ],
  [
    "2d 1×N k1x3 stride 2",
    convOp({
      kernelSize: [1, 3],
      strides: [1, 2],
      padding: [
        [0, 0],
        [0, 1],
      ],
      inChannels: 4,
      outChannels: 5,
    }),
    [2, 1, 16, 4],
  ],
  [
    "2d N×1 k3x1 stride 2",
    convOp({
      kernelSize: [3, 1],
      strides: [2, 1],
      padding: [
        [1, 0],
        [0, 0],
      ],
      inChannels: 4,
      outChannels: 5,
    }),
    [2, 15, 1, 4],
  ],
  [
    "2d N×1 k3x3 strides 2x2",
    convOp({
      kernelSize: [3, 3],
      strides: [2, 2],
      padding: [
        [1, 1],
        [1, 1],
      ],
      inChannels: 3,
      outChannels: 4,
    }),
    [1, 11, 1, 3],
  ],
  ["2d k1 stride 2", convOp({ kernelSize: [1, 1], strides: [2, 2], inChannels: 12, outChannels: 20 }), [1, 7, 8, 12]],
  [
    "2d k1 padded",
    convOp({
      kernelSize: [1, 1],
      padding: [
        [1, 0],
        [0, 2],
      ],
      inChannels: 3,
      outChannels: 4,
    }),
    [1, 3, 3, 3],
  ],
  ["2d k1 64 to 96", convOp({ kernelSize: [1, 1], inChannels: 64, outChannels: 96 }), [1, 5, 7, 64]],
  [
    "2d k3 32 to 24",
    convOp({
      kernelSize: [3, 3],
      padding: [
        [1, 1],
        [1, 1],
      ],
      inChannels: 32,
      outChannels: 24,
    }),
    [1, 9, 7, 32],
  ],
  ["2d output of one pixel", convOp({ kernelSize: [4, 5], inChannels: 6, outChannels: 7 }), [2, 4, 5, 6]],
  [
    "2d one channel in and out",
    convOp({
      kernelSize: [3, 3],
      padding: [
        [1, 1],
        [1, 1],
      ],
      inChannels: 1,
      outChannels: 1,
    }),
    [2, 6, 5, 1],
  ],
  ["3d k2", convOp({ kernelSize: [2, 2, 2], inChannels: 3, outChannels: 4 }), [2, 4, 5, 4, 3]],
  [
    "3d k3 padded",
    convOp({
      kernelSize: [3, 3, 3],
      padding: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      inChannels: 4,
      outChannels: 5,
    }),
    [1, 4, 5, 6, 4],
  ],
  [
    "3d k2x2x3 strides 2x1x2",
    convOp({
      kernelSize: [2, 2, 3],
      strides: [2, 1, 2],
      padding: [
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      inChannels: 4,
      outChannels: 6,
    }),
    [1, 5, 4, 5, 4],
  ],
  [
    "3d dilation 2x1x3",
    convOp({
      kernelSize: [2, 3, 2],
      dilation: [2, 1, 3],
      padding: [
        [1, 1],
        [1, 1],
        [2, 1],
      ],
      inChannels: 2,
      outChannels: 3,
    }),
    [1, 4, 3, 5, 2],
  ],
  ["3d k1", convOp({ kernelSize: [1, 1, 1], inChannels: 5, outChannels: 3 }), [1, 2, 3, 4, 5]],
  [
    "3d lengths 1",
    convOp({
      kernelSize: [1, 3, 1],
      padding: [
        [0, 0],
        [1, 1],
        [0, 0],
      ],
      inChannels: 2,
      outChannels: 3,
    }),
    [2, 1, 4, 1, 2],
  ],
];

const grouped: readonly ConvRow[] = [
  ["1d 2 groups", convOp({ kernelSize: [3], groups: 2, padding: [[1, 1]], inChannels: 4, outChannels: 6 }), [2, 8, 4]],
  [
    "1d 3 groups dilation 2",
    convOp({ kernelSize: [3], groups: 3, dilation: [2], padding: [[2, 2]], inChannels: 6, outChannels: 6 }),
    [2, 9, 6],
  ],
  ["2d 2 groups of 1 to 3", convOp({ kernelSize: [2, 2], groups: 2, inChannels: 2, outChannels: 6 }), [1, 5, 5, 2]],
  [
    "2d 4 groups of 4 to 4",
    convOp({
      kernelSize: [3, 3],
      groups: 4,
      padding: [
        [1, 1],
        [1, 1],
      ],
      inChannels: 16,
      outChannels: 16,
    }),
    [1, 6, 5, 16],
  ],
  [
    "2d 5 groups of 3 to 1 stride 2",
    convOp({ kernelSize: [3, 2], groups: 5, strides: [2, 1], inChannels: 15, outChannels: 5 }),
    [1, 7, 6, 15],
  ],
  ["2d 2 groups k1", convOp({ kernelSize: [1, 1], groups: 2, inChannels: 10, outChannels: 14 }), [2, 4, 3, 10]],
  [
    "3d 2 groups",
    convOp({ kernelSize: [2, 2, 3], groups: 2, strides: [2, 1, 2], inChannels: 4, outChannels: 6 }),
    [1, 5, 4, 5, 4],
  ],
];

/** Shapes without elements, and outputs without input: batch 0, and a window that no padding brings to size. */
const empty: readonly OpCase[] = [
  ...convWithGradients("1d batch 0", convOp({ kernelSize: [3], inChannels: 2, outChannels: 3 }), [0, 5, 2]),
  ...convWithGradients("2d batch 0", convOp({ kernelSize: [2, 2], inChannels: 2, outChannels: 4 }), [0, 5, 4, 2]),
  ...convWithGradients("2d depthwise batch 0", depthwiseOp(4, 2, { kernelSize: [2, 2] }), [0, 5, 4, 4]),
  {
    name: "1d output of length 0",
    op: convOp({ kernelSize: [4], inChannels: 2, outChannels: 3 }),
    inputs: [[2, 3, 2]],
  },
];

function family(name: string, rows: readonly ConvRow[]): Family {
  return { name, cases: rows.flatMap(([row, op, input]) => convWithGradients(row, op, input)) };
}

/** Small integers, on which every order of summation is exact: an index error cannot hide in the tolerance. */
function exact(rows: readonly ConvRow[]): Family {
  return {
    name: "conv on integers",
    cases: rows.map(([name, op, input]) => ({ name, op, inputs: [input], fill: "integers" })),
  };
}

/** The rows as pairs of op and input shape, for families that vary something else. */
export const convRows: readonly ConvRow[] = [...dense, ...grouped, ...depthwiseRows].filter(
  ([, op, input]) => outputShape(op, [input]).every((n) => n > 0) && op.inChannels < 100,
);

export const convFamilies: readonly Family[] = [
  family("conv", dense),
  family("conv grouped", grouped),
  family("conv depthwise", depthwiseRows),
  exact(convRows),
  { name: "conv empty", cases: empty },
];
