/** Sizes around those of register tiles, vectors and texels: one less, equal, one more, a multiple, a prime. */
import { convOp, convWithGradients, depthwiseOp, type Family, fn, type OpCase } from "./op-case.ts";

const around = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 19, 31, 32, 33, 37];
const relu = fn("relu", 0, Number.POSITIVE_INFINITY, 0);

/** Pixels · input channels · output channels of a matrix product, one swept with the others off every tile. */
function matrixProducts(): OpCase[] {
  const sizes = [
    ...around.map((n) => [n, 5, 7] as const),
    ...around.map((n) => [7, n, 6] as const),
    ...around.map((n) => [6, 7, n] as const),
    ...around.filter((n) => n > 5).map((n) => [n, n, n] as const),
    [1, 300, 5] as const,
    [5, 1024, 9] as const,
    [130, 3, 65] as const,
    [67, 64, 128] as const,
  ];
  const unique = [...new Map(sizes.map((size) => [size.join("·"), size])).entries()];
  return unique.map(([label, [pixels, input, output]]) => ({
    name: `k1 ${label}`,
    op: convOp({ kernelSize: [1], inChannels: input, outChannels: output, bias: true }),
    inputs: [[1, pixels, input]],
  }));
}

function convs(): OpCase[] {
  return around.flatMap((n, i): OpCase[] => {
    const bias = i % 2 === 0;
    const padding = [
      [1, 1],
      [1, 1],
    ] as const;
    return [
      {
        name: `k3 ${n} channels in`,
        op: convOp({ kernelSize: [3, 3], padding, inChannels: n, outChannels: 5, bias }),
        inputs: [[1, 4, 5, n]],
      },
      {
        name: `k3 ${n} channels out`,
        op: convOp({ kernelSize: [3, 3], padding, inChannels: 3, outChannels: n, bias }),
        inputs: [[1, 4, 5, 3]],
      },
      {
        name: `k3 ${n} columns`,
        op: convOp({ kernelSize: [3, 3], padding, inChannels: 4, outChannels: 8, bias }),
        inputs: [[1, 3, n, 4]],
      },
      {
        name: `k3 ${n} rows`,
        op: convOp({ kernelSize: [3, 3], padding, inChannels: 4, outChannels: 4, bias }),
        inputs: [[1, n, 3, 4]],
      },
    ];
  });
}

function gradients(): OpCase[] {
  return [3, 4, 5, 8, 9, 16, 17].flatMap((n) =>
    [
      ...convWithGradients(
        `k3 ${n} to ${n}`,
        convOp({ kernelSize: [3], padding: [[1, 1]], inChannels: n, outChannels: n }),
        [2, n, n],
      ).slice(1),
      ...convWithGradients(
        `k2x2 stride 2, ${n} to 7`,
        convOp({ kernelSize: [2, 2], strides: [2, 2], inChannels: n, outChannels: 7 }),
        [1, 6, n, n],
      ).slice(1),
      ...convWithGradients(`depthwise k3 of ${n}`, depthwiseOp(n, 1, { kernelSize: [3], padding: [[1, 1]] }), [
        2,
        9,
        n,
      ]).slice(1),
    ].filter(({ inputs }) => inputs.every((shape) => shape.every((length) => length > 0))),
  );
}

function depthwise(): OpCase[] {
  return around.flatMap((n): OpCase[] => [
    ...[1, 2, 3].map(
      (m): OpCase => ({
        name: `k3 of ${n} x${m}`,
        op: depthwiseOp(n, m, { kernelSize: [3], padding: [[1, 1]], bias: true, activation: m === 1 ? relu : null }),
        inputs: [[2, 5, n]],
      }),
    ),
    {
      name: `k3x3 of ${n}`,
      op: depthwiseOp(n, 1, {
        kernelSize: [3, 3],
        padding: [
          [1, 1],
          [1, 1],
        ],
      }),
      inputs: [[1, 4, 4, n]],
    },
    {
      name: `k3x3 stride 2, ${n} columns`,
      op: depthwiseOp(8, 1, {
        kernelSize: [3, 3],
        strides: [2, 2],
        padding: [
          [1, 1],
          [1, 1],
        ],
      }),
      inputs: [[1, 5, n, 8]],
    },
    { name: `k${n} on 40`, op: depthwiseOp(5, 1, { kernelSize: [n], padding: [[0, n - 1]] }), inputs: [[1, 40, 5]] },
  ]);
}

function elementwise(): OpCase[] {
  return around.flatMap((n): OpCase[] => [
    { name: `relu of ${n}`, op: { kind: "unary", fn: relu }, inputs: [[n]] },
    {
      name: `add of [3,${n}]`,
      op: { kind: "binary", fn: "add" },
      inputs: [
        [3, n],
        [3, n],
      ],
    },
    { name: `add of [3,${n}] and [${n}]`, op: { kind: "binary", fn: "add" }, inputs: [[3, n], [n]] },
    { name: `sum of [${n},5] over 0`, op: { kind: "reduce", fn: "sum", axes: [0], keepdims: false }, inputs: [[n, 5]] },
    {
      name: `mean of [5,${n}] over 1`,
      op: { kind: "reduce", fn: "mean", axes: [1], keepdims: true },
      inputs: [[5, n]],
    },
    { name: `transpose of [${n},6]`, op: { kind: "transpose", perm: [1, 0] }, inputs: [[n, 6]] },
    { name: `reshape of [${n},6]`, op: { kind: "reshape", shape: [6, n] }, inputs: [[n, 6]] },
    {
      name: `concat of ${n} and 3 channels`,
      op: { kind: "concat", axis: 1 },
      inputs: [
        [2, n],
        [2, 3],
      ],
    },
  ]);
}

export const tileFamilies: readonly Family[] = [
  { name: "tiles of matrix products", cases: matrixProducts() },
  { name: "tiles of convolutions", cases: convs() },
  { name: "tiles of gradients", cases: gradients() },
  { name: "tiles of depthwise", cases: depthwise() },
  { name: "tiles of element-wise and layout ops", cases: elementwise() },
];
