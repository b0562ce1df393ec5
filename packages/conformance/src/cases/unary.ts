/** Element-wise functions and their derivatives, on a grid of kinks and specials and behind convolutions. */
import { type Shape, sizeOf, UNARY_ARITY, type UnaryFn } from "@keras-ts/core";
import { Random } from "../random.ts";
import { convOp, convTransposeOp, depthwiseOp, type Family, fn, type OpCase } from "./op-case.ts";

const NO_MAX = Number.POSITIVE_INFINITY;

/** Every function, those with parameters at several. */
export const unaryFunctions: readonly UnaryFn[] = [
  ...(Object.keys(UNARY_ARITY) as (keyof typeof UNARY_ARITY)[])
    .filter((name) => UNARY_ARITY[name] === 0)
    .map((name) => fn(name)),
  fn("affine", 2, 3),
  fn("affine", -0.5, 0),
  fn("clip", -1, 2),
  fn("clip", 0, 6),
  fn("relu", 0, NO_MAX, 0),
  fn("relu", 0, 6, 0),
  fn("relu", 0, 2, 0),
  fn("relu", 0, 0, 0),
  fn("relu", 0.25, NO_MAX, 0),
  fn("relu", 0.25, 6, 0),
  fn("relu", 0, NO_MAX, 0.5),
  fn("relu", 0, NO_MAX, -0.5),
  fn("relu", 0, 6, -0.5),
  fn("relu", 0, 2, 0.5),
  fn("relu", 0.25, NO_MAX, 0.5),
  fn("relu", 0.25, 2, -1),
  fn("relu", 0.25, 2, 3),
  fn("leaky_relu", 0.2),
  fn("leaky_relu", 0),
  fn("elu", 1),
  fn("elu", 0.5),
  fn("celu", 1),
  fn("celu", 2),
  fn("hard_shrink", 0.5),
  fn("soft_shrink", 0.5),
  fn("soft_shrink", 1),
  fn("squareplus", 4),
  fn("squareplus", 1),
  fn("threshold", 0.5, -1),
  fn("threshold", 0, 20),
];

/** Kinks of every function above and numbers beside them, both signs, tiny to large, and the specials. */
const grid: Float32Array = Float32Array.from(
  [
    ...[
      0, 1e-30, 1e-12, 1e-7, 1e-4, 0.01, 0.1, 0.25, 0.499, 0.5, 0.501, 0.7, 0.999, 1, 1.001, 1.5, 1.999, 2, 2.001, 2.5,
    ],
    ...[2.998, 3, 3.001, 3.5, 4, 5, 5.999, 6, 6.001, 7, 8, 9, 10, 12, 15, 20, 30, 50, 80, 88, 90, 100, 1e3, 1e6, 1e12],
    Number.POSITIVE_INFINITY,
  ]
    .flatMap((x) => [x, -x])
    .concat(Number.NaN),
);

function nameOf({ name, params }: UnaryFn): string {
  return params.length > 0 ? `${name}(${params.join(", ")})` : name;
}

function valueCase(f: UnaryFn): OpCase {
  return { name: nameOf(f), op: { kind: "unary", fn: f }, inputs: [[grid.length]], data: [grid] };
}

function gradCase(f: UnaryFn): OpCase {
  const upstream = new Random(nameOf(f)).uniform(grid.length, 0.5, 1.5).map((v, i) => (i % 3 === 0 ? -v : v));
  const shape = [grid.length];
  return {
    name: `${nameOf(f)} grad`,
    op: { kind: "unary_grad", fn: f },
    inputs: [shape, shape],
    data: [grid, upstream],
  };
}

/** Smooth arguments in bulk, where a polynomial that is bad between the grid's points shows. */
function denseCase(f: UnaryFn): OpCase {
  const data = Float32Array.from({ length: 1200 }, (_, i) => (i - 600) / 60 + 0.0013);
  return { name: `${nameOf(f)} dense`, op: { kind: "unary", fn: f }, inputs: [[3, 8, 50]], data: [data] };
}

const shapes: readonly Shape[] = [
  [],
  [1],
  [0],
  [0, 3],
  [5],
  [2, 3],
  [3, 5, 7],
  [2, 3, 4, 5],
  [2, 1, 3, 2, 3],
  [1, 1, 1, 1],
  [4099],
];

function shapeCases(shape: Shape): OpCase[] {
  const relu = fn("relu", 0, NO_MAX, 0);
  return [
    { name: `relu of [${shape}]`, op: { kind: "unary", fn: relu }, inputs: [shape] },
    { name: `tanh grad of [${shape}]`, op: { kind: "unary_grad", fn: fn("tanh") }, inputs: [shape, shape] },
  ];
}

/** bias × activation in the kernels of each sort: dense, depthwise, transposed; rank by turns. */
function epilogueCases(f: UnaryFn, i: number): OpCase[] {
  const kernelSize = [[3], [2, 2], [1, 1], [3, 3]][i % 4] ?? [3];
  const rank = kernelSize.length;
  const padding = kernelSize.map(() => [1, 0] as const);
  const space = Array.from({ length: rank }, (_, axis) => 5 + axis);
  const epilogue = { bias: i % 5 !== 4, activation: f };
  const transposed = { kernelSize, strides: kernelSize.map(() => 2), outputSize: space.map((n) => 2 * n + 1) };
  return [
    {
      name: `conv + ${nameOf(f)}`,
      op: convOp({ kernelSize, padding, inChannels: 6, outChannels: 9, ...epilogue }),
      inputs: [[2, ...space, 6]],
    },
    {
      name: `depthwise + ${nameOf(f)}`,
      op: depthwiseOp(7, 1 + (i % 2), { kernelSize, padding, ...epilogue }),
      inputs: [[1, ...space, 7]],
    },
    {
      name: `conv_transpose + ${nameOf(f)}`,
      op: convTransposeOp({ ...transposed, inChannels: 3, outChannels: 5, ...epilogue }),
      inputs: [[1, ...space, 3]],
    },
  ];
}

const biasOnly: readonly OpCase[] = [
  {
    name: "conv + bias",
    op: convOp({ kernelSize: [3, 3], inChannels: 5, outChannels: 6, bias: true }),
    inputs: [[2, 6, 5, 5]],
  },
  {
    name: "conv k1 + bias",
    op: convOp({ kernelSize: [1], inChannels: 5, outChannels: 17, bias: true }),
    inputs: [[2, 6, 5]],
  },
  {
    name: "conv grouped + bias",
    op: convOp({ kernelSize: [2], groups: 3, inChannels: 6, outChannels: 9, bias: true }),
    inputs: [[2, 6, 6]],
  },
  {
    name: "conv 3d + bias",
    op: convOp({ kernelSize: [2, 2, 2], inChannels: 2, outChannels: 3, bias: true }),
    inputs: [[1, 3, 4, 3, 2]],
  },
  { name: "depthwise x3 + bias", op: depthwiseOp(4, 3, { kernelSize: [3], bias: true }), inputs: [[2, 6, 4]] },
  {
    name: "conv_transpose + bias where no input reaches",
    op: convTransposeOp({ kernelSize: [2], strides: [4], outputSize: [15], inChannels: 2, outChannels: 3, bias: true }),
    inputs: [[1, 3, 2]],
  },
  {
    name: "conv_transpose grouped + bias",
    op: convTransposeOp({
      kernelSize: [2, 2],
      strides: [2, 2],
      groups: 2,
      outputSize: [6, 6],
      inChannels: 4,
      outChannels: 6,
      bias: true,
    }),
    inputs: [[1, 3, 3, 4]],
  },
];

export const unaryFamilies: readonly Family[] = [
  { name: "unary", cases: unaryFunctions.map(valueCase) },
  { name: "unary dense", cases: unaryFunctions.map(denseCase) },
  { name: "unary_grad", cases: unaryFunctions.map(gradCase) },
  { name: "unary shapes", cases: [...shapes].sort((a, b) => sizeOf(a) - sizeOf(b)).flatMap(shapeCases) },
  { name: "epilogue", cases: [...biasOnly, ...unaryFunctions.flatMap(epilogueCases)] },
];
