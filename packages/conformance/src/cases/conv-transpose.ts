/** Transposed convolutions as layers use them: output sizes and crops of every sort, with bias left to the epilogues. */
import type { ConvTransposeOp, Shape } from "@keras-ts/core";
import { convTransposeOp, type Family, type OpCase } from "./op-case.ts";

type Row = readonly [name: string, op: ConvTransposeOp, input: Shape];

const rows: readonly Row[] = [
  [
    "2d k3 stride 2 same",
    convTransposeOp({ kernelSize: [3, 3], strides: [2, 2], outputSize: [10, 8], inChannels: 4, outChannels: 5 }),
    [2, 5, 4, 4],
  ],
  [
    "2d k4 stride 2 crop 1",
    convTransposeOp({
      kernelSize: [4, 4],
      strides: [2, 2],
      crop: [1, 1],
      outputSize: [10, 12],
      inChannels: 3,
      outChannels: 8,
    }),
    [1, 5, 6, 3],
  ],
  [
    "2d k2x3 strides 2x1",
    convTransposeOp({ kernelSize: [2, 3], strides: [2, 1], outputSize: [16, 10], inChannels: 4, outChannels: 6 }),
    [1, 8, 8, 4],
  ],
  [
    "2d k2 stride 7 with gaps",
    convTransposeOp({ kernelSize: [2, 2], strides: [7, 7], outputSize: [21, 14], inChannels: 2, outChannels: 2 }),
    [1, 3, 2, 2],
  ],
  [
    "2d k7 stride 4 crop",
    convTransposeOp({
      kernelSize: [7, 7],
      strides: [4, 4],
      crop: [3, 2],
      outputSize: [9, 10],
      inChannels: 2,
      outChannels: 3,
    }),
    [1, 3, 3, 2],
  ],
  [
    "2d dilation 2 with stride 2",
    convTransposeOp({
      kernelSize: [3, 3],
      strides: [2, 2],
      dilation: [2, 2],
      crop: [1, 0],
      outputSize: [8, 11],
      inChannels: 3,
      outChannels: 4,
    }),
    [1, 4, 4, 3],
  ],
  [
    "2d output longer than reached",
    convTransposeOp({ kernelSize: [3, 3], strides: [2, 2], outputSize: [14, 9], inChannels: 3, outChannels: 2 }),
    [1, 5, 4, 3],
  ],
  [
    "2d stride 2 1×N",
    convTransposeOp({
      kernelSize: [1, 4],
      strides: [1, 2],
      crop: [0, 1],
      outputSize: [1, 16],
      inChannels: 5,
      outChannels: 3,
    }),
    [2, 1, 8, 5],
  ],
  [
    "2d k1 stride 1",
    convTransposeOp({ kernelSize: [1, 1], outputSize: [4, 5], inChannels: 6, outChannels: 7 }),
    [1, 4, 5, 6],
  ],
  [
    "2d 2 groups",
    convTransposeOp({
      kernelSize: [3, 3],
      strides: [2, 2],
      groups: 2,
      outputSize: [9, 9],
      inChannels: 4,
      outChannels: 6,
    }),
    [1, 4, 4, 4],
  ],
  [
    "2d depthwise",
    convTransposeOp({
      kernelSize: [3, 3],
      strides: [2, 2],
      groups: 6,
      crop: [1, 1],
      outputSize: [8, 8],
      inChannels: 6,
      outChannels: 6,
    }),
    [1, 4, 4, 6],
  ],
  [
    "2d 32 to 16",
    convTransposeOp({ kernelSize: [2, 2], strides: [2, 2], outputSize: [10, 12], inChannels: 32, outChannels: 16 }),
    [1, 5, 6, 32],
  ],
  [
    "3d k2x2x3 strides 2x1x2",
    convTransposeOp({
      kernelSize: [2, 2, 3],
      strides: [2, 1, 2],
      outputSize: [6, 4, 7],
      inChannels: 3,
      outChannels: 4,
    }),
    [1, 3, 3, 3, 3],
  ],
  [
    "3d k3 stride 2 crop",
    convTransposeOp({
      kernelSize: [3, 3, 3],
      strides: [2, 2, 2],
      crop: [1, 0, 1],
      outputSize: [4, 6, 5],
      inChannels: 2,
      outChannels: 3,
    }),
    [2, 2, 3, 3, 2],
  ],
  [
    "1d output of length 0",
    convTransposeOp({ kernelSize: [2], crop: [0], outputSize: [0], inChannels: 2, outChannels: 3 }),
    [1, 1, 2],
  ],
  [
    "2d batch 0",
    convTransposeOp({ kernelSize: [2, 2], strides: [2, 2], outputSize: [6, 8], inChannels: 2, outChannels: 3 }),
    [0, 3, 4, 2],
  ],
];

/** Kernel 1–5, stride 1–4 and every crop and output size around what the input reaches: 1-D, where it is cheap. */
function sweep(): OpCase[] {
  const cases: OpCase[] = [];
  for (const k of [1, 2, 3, 4, 5])
    for (const s of [1, 2, 3, 4])
      for (const crop of [0, 1, 2].filter((c) => c < k)) {
        const reached = 3 * s + k - crop;
        const outputSize = [reached - 2 + ((k + s + crop) % 4)];
        const op = convTransposeOp({
          kernelSize: [k],
          strides: [s],
          crop: [crop],
          outputSize,
          inChannels: 2,
          outChannels: 3,
        });
        cases.push({
          name: `1d k${k} stride ${s} crop ${crop} to ${outputSize}`,
          op,
          inputs: [[2, 4, 2]],
          fill: "integers",
        });
      }
  return cases;
}

export const convTransposeFamilies: readonly Family[] = [
  { name: "conv_transpose", cases: rows.map(([name, op, input]) => ({ name, op, inputs: [input] })) },
  { name: "conv_transpose sweep", cases: sweep() },
];
