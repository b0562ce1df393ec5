/**
 * A sweep a row of the kernel table and size that its tile has: ops that the row computes, at sizes one less than the tile, equal, one
 * more, multiples and a prime. The sizes are of positions, channels or elements, as the tile in the row's name is.
 */

import type { OpCase } from "@keras-ts/conformance/run";
import { type ConvOp, type ElementwiseStep, type Op, outputShape, type PoolAxis, type Shape } from "@keras-ts/core";
import { separable } from "./divided-ops.ts";
import { FLAT_CONV } from "./flat-conv.ts";

const gelu = { name: "gelu", params: [] } as const;

type Call = Pick<OpCase, "op" | "inputs" | "data">;

export interface Sweep {
  /** What is swept. */
  readonly of: string;
  readonly tile: number;
  /** Sizes below it go to another row. */
  readonly from?: number;
  /** Sizes above it do. */
  readonly to?: number;
  call(n: number): Call;
}

/** One less, equal, one more, two multiples, and the prime after them. */
export function sizesAround({ tile, from = 1, to = Number.POSITIVE_INFINITY }: Sweep): number[] {
  let prime = 3 * tile + 1;
  while (!isPrime(prime)) prime++;
  return [tile - 1, tile, tile + 1, 2 * tile, 3 * tile, prime].filter((n) => n >= from && n <= to);
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return n > 1;
}

const CONV: ConvOp = { ...FLAT_CONV, inChannels: 5, outChannels: 7 };

/** On two images of so many positions. */
function conv(change: Partial<ConvOp>, positions: number): Call {
  const op = { ...CONV, ...change };
  return { op, inputs: [[2, positions, op.inChannels]] };
}

function depthwise(channels: number, positions: number, change: Partial<ConvOp> = {}): Call {
  return conv({ groups: channels, inChannels: channels, outChannels: channels, ...change }, positions);
}

function square(inChannels: number, outChannels: number, height: number, width: number): Call {
  const padding: ConvOp["padding"] = [
    [1, 1],
    [1, 1],
  ];
  const numbers = { kernelSize: [3, 3], strides: [1, 1], dilation: [1, 1], padding, inChannels, outChannels };
  return { op: { ...CONV, ...numbers }, inputs: [[1, height, width, inChannels]] };
}

/** 64 channels, of which so many positions make a stripe. */
function stripes(height: number, width: number): Call {
  const { op } = square(64, 64, height, width);
  if (op.kind !== "conv") throw new TypeError(`A convolution is needed. Received: kind=${op.kind}.`);
  return { op: separable({ ...op, groups: 64 }, 9), inputs: [[2, height, width, 64]] };
}

/** The filter gradient of a convolution. */
function gradient({ op, inputs }: Call): Call {
  const [x = []] = inputs;
  if (op.kind !== "conv") throw new TypeError(`A convolution has a filter gradient. Received: kind=${op.kind}.`);
  const { kernelSize, strides, dilation, groups, inChannels, outChannels, padding } = op;
  const numbers = { kernelSize, strides, dilation, groups, inChannels, outChannels };
  const grad: Op = { kind: "conv_filter_grad", ...numbers, padBefore: padding.map(([before]) => before) };
  return { op: grad, inputs: [x, outputShape(op, [x])] };
}

function pool(fn: "max" | "mean", window: number, channels: number): Call {
  const axis = (outputSize: number): PoolAxis => ({
    outputSize,
    step: 1,
    divisor: 1,
    reach: window,
    before: window >> 1,
  });
  return { op: { kind: "pool", fn, axes: [axis(5), axis(7)] }, inputs: [[1, 5, 7, channels]] };
}

/** Windows of two, side by side. */
function poolGrad(fn: "max" | "mean", channels: number): Call {
  const axes = [{ outputSize: 4, step: 2, divisor: 1, reach: 2, before: 0 }];
  const [x, y] = [
    [2, 8, channels],
    [2, 4, channels],
  ];
  return { op: { kind: "pool_grad", fn, axes, inputSize: [8] }, inputs: fn === "max" ? [y, x] : [y] };
}

/** gelu(a) + b · (the second half of a row of c). */
function gatedAdd(n: number, rows = 2): Call {
  const half = { begin: [0, n], size: [rows, n] };
  const views = [0, 1, 2].map((input) => ({ input, part: input === 2 ? half : null }));
  const steps: ElementwiseStep[] = [
    { fn: gelu, operands: [0] },
    { fn: "mul", operands: [1, 2] },
    { fn: "add", operands: [3, 4] },
  ];
  return on({ kind: "elementwise", shape: [rows, n], views, steps }, [rows, n], [1, n], [rows, 2 * n]);
}

/** An op on inputs of these shapes. */
function on(op: Op, ...inputs: Shape[]): Call {
  return { op, inputs };
}

/** Row numbers, some of which are no row's. */
function rowNumbers(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (i * 3) % 5);
}

/** Depthwise, rows of so many positions with same padding. */
function rows(channels: number, width: number, taps: number): Call {
  const padding: ConvOp["padding"] = [
    [1, 1],
    [taps >> 1, taps >> 1],
  ];
  const numbers = { kernelSize: [3, taps], strides: [1, 1], dilation: [1, 1], padding };
  const op: ConvOp = { ...CONV, ...numbers, groups: channels, inChannels: channels, outChannels: channels };
  return { op, inputs: [[2, 9, width, channels]] };
}

const strided: Partial<ConvOp> = { strides: [2] };
const pointwise: Partial<ConvOp> = { kernelSize: [1], padding: [[0, 0]] };

/** Two sweeps are two sizes of a tile. */
export const TILE_SWEEPS: Readonly<Record<string, readonly Sweep[]>> = {
  depthwise_narrow_24: [
    { of: "positions of one channel", tile: 24, call: (n) => depthwise(1, n) },
    { of: "positions of three", tile: 8, call: (n) => depthwise(3, n) },
  ],
  separable_stripes: [
    { of: "rows of 64 positions", tile: 4, call: (n) => stripes(n, 64) },
    { of: "positions of a row", tile: 252, call: (n) => stripes(1, n) },
  ],
  depthwise_whole_rows_7x4: [
    { of: "positions with 3 taps", tile: 7, from: 7, to: 14, call: (n) => rows(5, n, 3) },
    { of: "positions in a tile of 5 taps", tile: 7, from: 7, to: 7, call: (n) => rows(5, n, 5) },
    { of: "positions in two of them", tile: 10, from: 9, to: 14, call: (n) => rows(5, n, 5) },
    { of: "positions in two whole ones", tile: 14, from: 14, to: 14, call: (n) => rows(5, n, 5) },
    { of: "channels", tile: 4, from: 4, call: (n) => rows(n, 11, 3) },
  ],
  depthwise_strided_5x4: [
    { of: "positions", tile: 5, call: (n) => depthwise(5, 2 * n, { ...strided, kernelSize: [5], padding: [[1, 2]] }) },
    { of: "channels", tile: 4, from: 4, call: (n) => depthwise(n, 23, { ...strided, kernelSize: [5] }) },
  ],
  depthwise_rows_6x4: [
    { of: "positions", tile: 6, call: (n) => depthwise(5, n) },
    { of: "channels", tile: 8, call: (n) => depthwise(n, 13) },
  ],
  depthwise_taps_4x8: [
    { of: "positions", tile: 4, call: (n) => depthwise(9, 2 * n, strided) },
    { of: "channels", tile: 8, call: (n) => depthwise(n, 13, strided) },
  ],
  depthwise_spread_rows_6x4: [
    { of: "positions", tile: 6, call: (n) => depthwise(3, n, { outChannels: 9 }) },
    { of: "channels", tile: 4, call: (n) => depthwise(n, 13, { outChannels: 3 * n }) },
  ],
  depthwise_spread_taps_4x4: [
    { of: "positions", tile: 4, call: (n) => depthwise(3, 2 * n, { ...strided, outChannels: 9 }) },
    { of: "channels", tile: 4, call: (n) => depthwise(n, 13, { ...strided, outChannels: 3 * n }) },
  ],
  conv_fold_2x4: [
    { of: "positions", tile: 2, call: (n) => conv({ groups: 5, inChannels: 15, outChannels: 5 }, n) },
    { of: "groups", tile: 8, call: (n) => conv({ groups: n, inChannels: 2 * n, outChannels: n }, 5) },
  ],
  conv_dot_4: [
    { of: "positions", tile: 4, call: (n) => conv({ groups: 2, inChannels: 14, outChannels: 2 }, n) },
    { of: "input channels", tile: 4, call: (n) => conv({ groups: 3, inChannels: 3 * n, outChannels: 3 }, 5) },
  ],
  conv_gemm_4x8: [
    { of: "positions", tile: 4, call: (n) => conv(pointwise, n) },
    { of: "positions with fused multiply-add", tile: 5, call: (n) => conv(pointwise, n) },
    { of: "output channels", tile: 8, call: (n) => conv({ ...pointwise, outChannels: n }, 5) },
    { of: "input channels", tile: 4, call: (n) => conv({ ...pointwise, inChannels: n }, 5) },
  ],
  conv_winograd_2x2_3x3: [
    { of: "rows of positions", tile: 8, call: (n) => square(16, 17, n, 9) },
    { of: "positions of a row", tile: 8, call: (n) => square(17, 16, 8, n) },
    { of: "output channels", tile: 24, call: (n) => square(19, n, 7, 8) },
  ],
  conv_winograd_2_3: [
    { of: "positions", tile: 18, call: (n) => conv({ inChannels: 64, outChannels: 17 }, n) },
    { of: "output channels", tile: 24, call: (n) => conv({ inChannels: 64, outChannels: n }, 19) },
  ],
  conv_indirect_gemm_4x8: [
    { of: "positions", tile: 4, call: (n) => conv({}, n) },
    { of: "positions with fused multiply-add", tile: 5, call: (n) => conv({}, n) },
    { of: "output channels", tile: 8, call: (n) => conv({ outChannels: n }, 5) },
    { of: "input channels", tile: 4, call: (n) => conv({ inChannels: n }, 5) },
  ],
  filter_grad_depthwise_3x8: [
    { of: "taps", tile: 6, call: (n) => gradient(depthwise(9, 19, { kernelSize: [n] })) },
    { of: "channels", tile: 16, call: (n) => gradient(depthwise(n, 13)) },
    { of: "positions", tile: 128, call: (n) => gradient(depthwise(9, n)) },
  ],
  filter_grad_depthwise_4: [
    { of: "channels", tile: 4, call: (n) => gradient(depthwise(n, 13, strided)) },
    { of: "channels, multiplied", tile: 4, call: (n) => gradient(depthwise(n, 13, { outChannels: 3 * n })) },
    { of: "positions", tile: 128, call: (n) => gradient(depthwise(5, 2 * n, strided)) },
  ],
  filter_grad_gemm_4x8: [
    { of: "input channels", tile: 4, call: (n) => gradient(conv({ inChannels: n }, 13)) },
    { of: "input channels with fused multiply-add", tile: 5, call: (n) => gradient(conv({ inChannels: n }, 13)) },
    { of: "output channels", tile: 8, call: (n) => gradient(conv({ outChannels: n }, 13)) },
    { of: "positions", tile: 128, call: (n) => gradient(conv({}, n)) },
  ],
  transpose_runs: [
    { of: "elements of a run", tile: 4, call: (n) => on({ kind: "transpose", perm: [1, 0, 2] }, [3, 5, n]) },
  ],
  transpose_4x4: [
    { of: "rows", tile: 4, call: (n) => on({ kind: "transpose", perm: [0, 2, 1] }, [2, n, 7]) },
    { of: "columns", tile: 4, call: (n) => on({ kind: "transpose", perm: [0, 2, 1] }, [2, 7, n]) },
  ],
  pool_windows_16: [
    { of: "channels, maximum", tile: 16, call: (n) => pool("max", 3, n) },
    { of: "channels, mean", tile: 16, call: (n) => pool("mean", 3, n) },
  ],
  pool_rows_16: [
    { of: "channels, maximum", tile: 16, call: (n) => pool("max", 5, n) },
    { of: "channels, mean", tile: 16, call: (n) => pool("mean", 5, n) },
  ],
  pool_wide_mean_4: [{ of: "channels", tile: 4, call: (n) => pool("mean", 35, n) }],
  pool_grad_max_4: [{ of: "channels", tile: 4, call: (n) => poolGrad("max", n) }],
  pool_grad_mean_16: [{ of: "channels", tile: 16, call: (n) => poolGrad("mean", n) }],
  reduce_max_16: [
    { of: "elements", tile: 16, call: (n) => on({ kind: "reduce", fn: "max", axes: [1], keepdims: false }, [3, n]) },
    { of: "columns", tile: 16, call: (n) => on({ kind: "reduce", fn: "max", axes: [1], keepdims: false }, [2, 5, n]) },
  ],
  reduce_blocks_16: [
    { of: "elements", tile: 16, call: (n) => on({ kind: "reduce", fn: "mean", axes: [1], keepdims: false }, [3, n]) },
    { of: "columns", tile: 16, call: (n) => on({ kind: "reduce", fn: "sum", axes: [1], keepdims: false }, [2, 5, n]) },
  ],
  unary_4: [{ of: "elements", tile: 4, call: (n) => on({ kind: "unary", fn: gelu }, [n]) }],
  unary_grad_4: [{ of: "elements", tile: 4, call: (n) => on({ kind: "unary_grad", fn: gelu }, [n], [n]) }],
  binary_4: [
    { of: "elements", tile: 4, call: (n) => on({ kind: "binary", fn: "mul" }, [n], [n]) },
    { of: "elements of rows", tile: 4, call: (n) => on({ kind: "binary", fn: "sub" }, [3, n], [3, 1]) },
  ],
  elementwise_packed_4: [
    { of: "elements", tile: 4, call: (n) => gatedAdd(n) },
    { of: "rows of a chunk", tile: 204, call: (n) => gatedAdd(5, n) },
  ],
  elementwise_steps_4: [
    { of: "elements", tile: 128, from: 128, call: (n) => gatedAdd(n) },
    { of: "elements of a chunk", tile: 1024, call: (n) => gatedAdd(n) },
  ],
  softmax_4: [{ of: "elements", tile: 4, call: (n) => on({ kind: "softmax", log: false }, [3, n]) }],
  sparsemax_sort: [{ of: "elements", tile: 4, call: (n) => on({ kind: "sparsemax" }, [3, n]) }],
  sparsemax_grad_sort: [{ of: "elements", tile: 4, call: (n) => on({ kind: "sparsemax_grad" }, [3, n], [3, n]) }],
  copy_runs: [{ of: "elements", tile: 4, call: (n) => on({ kind: "reshape", shape: [n, 3] }, [3, n]) }],
  broadcast_runs: [{ of: "elements", tile: 4, call: (n) => on({ kind: "broadcast", shape: [3, n] }, [1, n]) }],
  slice_runs: [
    { of: "elements", tile: 4, call: (n) => on({ kind: "slice", begin: [1, 2], size: [2, n] }, [4, n + 3]) },
  ],
  pad_runs: [
    {
      of: "elements",
      tile: 4,
      call: (n) => on({ kind: "pad", padding: [[1, 0], [2, 1]], value: 0.5 }, [3, n]), // biome-ignore format: a matrix
    },
  ],
  resample_16: [
    {
      of: "channels",
      tile: 16,
      call: (n) => on({ kind: "resample", axis: 1, starts: [0, 1, 3], weights: [[1], [0.5, 0.5], [0.25]] }, [2, 5, n]),
    },
  ],
  select_4: [{ of: "elements", tile: 4, call: (n) => on({ kind: "select" }, [n], [n], [n]) }],
  gather_rows: [
    {
      of: "elements of a row",
      tile: 4,
      call: (n) => ({ ...on({ kind: "gather" }, [2, 3], [5, n]), data: [rowNumbers(6), null] }),
    },
  ],
  gather_grad_rows: [
    {
      of: "elements of a row",
      tile: 4,
      call: (n) => ({ ...on({ kind: "gather_grad", rows: 5 }, [2, 3], [2, 3, n]), data: [rowNumbers(6), null] }),
    },
  ],
  concat_runs: [{ of: "elements", tile: 4, call: (n) => on({ kind: "concat", axis: 1 }, [3, n], [3, 2]) }],
};
