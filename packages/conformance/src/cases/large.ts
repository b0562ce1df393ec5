/** Sizes at which backends change course: threads, blocked products, textures that wrap around their widest row. */
import {
  binaryCase,
  convOp,
  convTransposeOp,
  depthwiseOp,
  type Family,
  filterGradOf,
  fn,
  inputGradOf,
  type OpCase,
} from "./op-case.ts";

const around = [
  [1, 1],
  [1, 1],
] as const;
const relu6 = fn("relu", 0, 6, 0);
const dense = convOp({
  kernelSize: [3, 3],
  padding: around,
  inChannels: 16,
  outChannels: 32,
  bias: true,
  activation: relu6,
});
const plain = { ...dense, bias: false, activation: null };
const pointwise = convOp({ kernelSize: [1, 1], inChannels: 24, outChannels: 64, bias: true });
const depthwise = depthwiseOp(48, 1, { kernelSize: [3, 3], padding: around, bias: true, activation: relu6 });
const halving = depthwiseOp(36, 1, {
  kernelSize: [5, 5],
  strides: [2, 2],
  padding: [
    [1, 2],
    [1, 2],
  ],
});
const audio = convOp({ kernelSize: [5], padding: [[2, 2]], inChannels: 24, outChannels: 32, bias: true });
const doubling = convTransposeOp({
  kernelSize: [4, 4],
  strides: [2, 2],
  crop: [1, 1],
  outputSize: [28, 30],
  inChannels: 32,
  outChannels: 16,
});

/** One more than a texture of 8192 is wide, and a prime. */
const wide = 8209;

const convolutions: readonly OpCase[] = [
  { name: "conv 2d k3", op: dense, inputs: [[1, 30, 29, 16]] },
  { name: "conv 2d k1", op: pointwise, inputs: [[1, 43, 40, 24]] },
  {
    name: "conv 2d k1 1024 to 40",
    op: convOp({ kernelSize: [1, 1], inChannels: 1024, outChannels: 40 }),
    inputs: [[1, 7, 7, 1024]],
  },
  {
    name: "conv 2d k3 256 to 16",
    op: convOp({ kernelSize: [3, 3], padding: around, inChannels: 256, outChannels: 16 }),
    inputs: [[1, 8, 8, 256]],
  },
  { name: "conv 1d k5", op: audio, inputs: [[2, 501, 24]] },
  {
    name: "conv 1d of a long signal",
    op: convOp({ kernelSize: [9], inChannels: 1, outChannels: 3 }),
    inputs: [[1, wide + 8, 1]],
  },
  {
    name: "conv 1d of a large batch",
    op: convOp({ kernelSize: [3], inChannels: 2, outChannels: 3 }),
    inputs: [[1031, 5, 2]],
  },
  { name: "depthwise 2d k3", op: depthwise, inputs: [[1, 40, 41, 48]] },
  { name: "depthwise 2d k5 stride 2", op: halving, inputs: [[1, 56, 55, 36]] },
  {
    name: "depthwise 1d k7 of 256",
    op: depthwiseOp(256, 1, { kernelSize: [7], padding: [[3, 3]] }),
    inputs: [[1, 300, 256]],
  },
  { name: "conv_transpose 2d k4 stride 2", op: doubling, inputs: [[1, 14, 15, 32]] },
  { name: "input gradient", op: inputGradOf(plain, [1, 17, 18, 16]), inputs: [[1, 17, 18, 32]] },
  {
    name: "filter gradient",
    op: filterGradOf(plain),
    inputs: [
      [2, 17, 16, 16],
      [2, 17, 16, 32],
    ],
  },
  {
    name: "filter gradient of k1",
    op: filterGradOf(pointwise),
    inputs: [
      [2, 29, 31, 24],
      [2, 29, 31, 64],
    ],
  },
  {
    name: "filter gradient of depthwise",
    op: filterGradOf(depthwise),
    inputs: [
      [2, 30, 29, 48],
      [2, 30, 29, 48],
    ],
  },
];

const others: readonly OpCase[] = [
  { name: "relu6 of 50021", op: { kind: "unary", fn: relu6 }, inputs: [[50021]] },
  {
    name: "tanh grad of [3,wide]",
    op: { kind: "unary_grad", fn: fn("tanh") },
    inputs: [
      [3, wide],
      [3, wide],
    ],
  },
  { name: "sigmoid of [wide,3]", op: { kind: "unary", fn: fn("sigmoid") }, inputs: [[wide, 3]] },
  binaryCase("add", [2, 30, 31, 24], [2, 30, 31, 24]),
  binaryCase("mul", [2, 30, 31, 24], [24]),
  binaryCase("sub", [2, 30, 31, 24], [2, 1, 1, 24]),
  binaryCase("div", [wide, 3], [wide, 1]),
  { name: "sum of 50021", op: { kind: "reduce", fn: "sum", axes: [0], keepdims: false }, inputs: [[50021]] },
  {
    name: "mean over space",
    op: { kind: "reduce", fn: "mean", axes: [1, 2], keepdims: false },
    inputs: [[2, 37, 33, 20]],
  },
  {
    name: "sum over all but channels",
    op: { kind: "reduce", fn: "sum", axes: [0, 1, 2], keepdims: false },
    inputs: [[2, 37, 33, 20]],
  },
  {
    name: "sum over channels",
    op: { kind: "reduce", fn: "sum", axes: [3], keepdims: true },
    inputs: [[2, 37, 33, 20]],
  },
  { name: "softmax of [90,1000]", op: { kind: "softmax", log: false }, inputs: [[90, 1000]] },
  { name: "transpose of [200,301]", op: { kind: "transpose", perm: [1, 0] }, inputs: [[200, 301]] },
  { name: "transpose of [2,30,31,24]", op: { kind: "transpose", perm: [0, 3, 1, 2] }, inputs: [[2, 30, 31, 24]] },
  { name: "reshape of [wide,6]", op: { kind: "reshape", shape: [6, wide] }, inputs: [[wide, 6]] },
  { name: "slice of [wide,6]", op: { kind: "slice", begin: [7, 1], size: [wide - 9, 4] }, inputs: [[wide, 6]] },
  {
    name: "concat to [wide,9]",
    op: { kind: "concat", axis: 1 },
    inputs: [
      [wide, 6],
      [wide, 3],
    ],
  },
  { name: "broadcast to [wide,5]", op: { kind: "broadcast", shape: [wide, 5] }, inputs: [[wide, 1]] },
];

export const largeFamilies: readonly Family[] = [{ name: "large", cases: [...convolutions, ...others] }];
