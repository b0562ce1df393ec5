/** Depthwise convolutions with multipliers 1–3, as data; run by `conv.ts` with their gradients. */
import { type ConvRow, depthwiseOp } from "./op-case.ts";

/** Depthwise convolutions: `groups` is the number of input channels. */
export const depthwiseRows: readonly ConvRow[] = [
  ...[1, 2, 3].flatMap((m): ConvRow[] => [
    [`1d k3 x${m}`, depthwiseOp(5, m, { kernelSize: [3] }), [2, 9, 5]],
    [`1d k2 stride 2 x${m}`, depthwiseOp(4, m, { kernelSize: [2], strides: [2], padding: [[0, 1]] }), [2, 7, 4]],
    [
      `2d k3 padded x${m}`,
      depthwiseOp(8, m, {
        kernelSize: [3, 3],
        padding: [
          [1, 1],
          [1, 1],
        ],
      }),
      [1, 7, 6, 8],
    ],
    [
      `2d k3 stride 2 x${m}`,
      depthwiseOp(6, m, {
        kernelSize: [3, 3],
        strides: [2, 2],
        padding: [
          [0, 1],
          [0, 1],
        ],
      }),
      [1, 8, 8, 6],
    ],
    [
      `2d k2x4 dilation 2x1 x${m}`,
      depthwiseOp(3, m, {
        kernelSize: [2, 4],
        dilation: [2, 1],
        padding: [
          [1, 1],
          [1, 2],
        ],
      }),
      [2, 5, 6, 3],
    ],
    [
      `3d k2 x${m}`,
      depthwiseOp(3, m, {
        kernelSize: [2, 2, 2],
        padding: [
          [0, 1],
          [1, 0],
          [0, 0],
        ],
      }),
      [1, 3, 4, 3, 3],
    ],
  ]),
  ["1d k7 causal dilation 3", depthwiseOp(16, 1, { kernelSize: [7], dilation: [3], padding: [[18, 0]] }), [1, 20, 16]],
  [
    "1d stride 3 with dilation 2 x2",
    depthwiseOp(6, 2, { kernelSize: [3], strides: [3], dilation: [2], padding: [[1, 1]] }),
    [2, 13, 6],
  ],
  [
    "2d strides 1x2",
    depthwiseOp(7, 1, {
      kernelSize: [3, 3],
      strides: [1, 2],
      padding: [
        [1, 1],
        [1, 1],
      ],
    }),
    [1, 6, 7, 7],
  ],
  [
    "2d k5 stride 2",
    depthwiseOp(12, 1, {
      kernelSize: [5, 5],
      strides: [2, 2],
      padding: [
        [1, 2],
        [1, 2],
      ],
    }),
    [1, 10, 9, 12],
  ],
  [
    "2d k7 padded",
    depthwiseOp(9, 1, {
      kernelSize: [7, 7],
      padding: [
        [3, 3],
        [3, 3],
      ],
    }),
    [1, 6, 8, 9],
  ],
  [
    "2d 1×N stride 2",
    depthwiseOp(10, 1, {
      kernelSize: [1, 5],
      strides: [1, 2],
      padding: [
        [0, 0],
        [2, 2],
      ],
    }),
    [1, 1, 19, 10],
  ],
  [
    "2d N×1 stride 2",
    depthwiseOp(10, 1, {
      kernelSize: [5, 1],
      strides: [2, 1],
      padding: [
        [2, 2],
        [0, 0],
      ],
    }),
    [1, 19, 1, 10],
  ],
  [
    "2d 960 channels dilation 4",
    depthwiseOp(960, 1, {
      kernelSize: [3, 3],
      dilation: [4, 4],
      padding: [
        [4, 4],
        [4, 4],
      ],
    }),
    [1, 7, 7, 960],
  ],
  ["2d one channel", depthwiseOp(1, 3, { kernelSize: [3, 3] }), [2, 5, 5, 1]],
];
