/** Calls that threads divide, at sizes that do not go up in tiles, for the tests of both runtimes. */
import {
  type Backend,
  type ConvOp,
  hasWeights,
  type Op,
  outputShape,
  type Shape,
  sizeOf,
  weightShapes,
} from "@keras-ts/core";
import type { ThreadPool } from "../src/threads/thread-pool.ts";
import type { KernelModule } from "../src/wasm.ts";
import { FLAT_CONV as FLAT } from "./flat-conv.ts";

interface Call {
  readonly op: Op;
  readonly inputs: readonly Shape[];
}

const BOTH: ConvOp["padding"] = [
  [1, 1],
  [1, 0],
];
const UNPADDED: ConvOp["padding"] = [
  [0, 0],
  [0, 0],
];
const TALL: ConvOp["padding"] = [
  [3, 3],
  [1, 1],
];
const SQUARE: ConvOp = { ...FLAT, kernelSize: [3, 3], strides: [1, 1], dilation: [1, 1], padding: BOTH };
const { padding: _, ...NUMBERS } = SQUARE;

/** The gradient of a convolution by its filter: x, and the shape of dy. */
function filterGrad(change: Partial<ConvOp>, x: Shape): Call {
  const op: ConvOp = { ...SQUARE, ...change };
  const { kernelSize, strides, dilation, groups, inChannels, outChannels, padding } = op;
  const numbers = { kernelSize, strides, dilation, groups, inChannels, outChannels };
  const grad: Op = { kind: "conv_filter_grad", ...numbers, padBefore: padding.map(([before]) => before) };
  return { op: grad, inputs: [x, outputShape(op, [x])] };
}

/** A depthwise convolution and the pointwise one behind it. */
export function separable(depthwise: ConvOp, outChannels: number): Op {
  const each = depthwise.kernelSize.map(() => 1);
  const flat = { kernelSize: each, strides: each, dilation: each, padding: each.map(() => [0, 0] as const) };
  const pointwise: ConvOp = { ...depthwise, ...flat, groups: 1, inChannels: depthwise.outChannels, outChannels };
  return { kind: "separable", depthwise, pointwise };
}

export const DIVIDED: readonly Call[] = [
  { op: FLAT, inputs: [[2, 101, 7]] },
  { op: { ...FLAT, kernelSize: [1], padding: [[0, 0]] }, inputs: [[3, 67, 7]] },
  { op: { ...FLAT, kernelSize: [1], padding: [[0, 0]] }, inputs: [[1, 1, 7]] },
  { op: { ...FLAT, groups: 7, outChannels: 7 }, inputs: [[1, 101, 7]] },
  { op: { ...FLAT, groups: 7, outChannels: 21 }, inputs: [[1, 101, 7]] },
  { op: { ...FLAT, outChannels: 1 }, inputs: [[1, 101, 7]] },
  { op: { ...FLAT, kernelSize: [31], padding: [[15, 15]], groups: 7, outChannels: 7 }, inputs: [[1, 101, 7]] },
  { op: { ...FLAT, kernelSize: [5], dilation: [3], inChannels: 64, outChannels: 19 }, inputs: [[2, 101, 64]] },
  { op: SQUARE, inputs: [[2, 9, 11, 7]] },
  { op: { ...SQUARE, strides: [2, 2] }, inputs: [[1, 19, 23, 7]] },
  { op: { ...SQUARE, inChannels: 16, outChannels: 19 }, inputs: [[2, 21, 15, 16]] },
  { op: { ...SQUARE, groups: 7, outChannels: 7 }, inputs: [[1, 19, 23, 7]] },
  {
    op: { ...NUMBERS, kind: "conv_transpose", strides: [2, 3], crop: [1, 0], outputSize: [19, 31] },
    inputs: [[2, 9, 10, 7]],
  },
  { op: separable({ ...FLAT, groups: 7, outChannels: 7 }, 19), inputs: [[2, 101, 7]] },
  { op: separable({ ...FLAT, groups: 7, outChannels: 14 }, 19), inputs: [[1, 301, 7]] },
  { op: separable({ ...SQUARE, groups: 7, outChannels: 7 }, 12), inputs: [[3, 19, 23, 7]] },
  { op: separable({ ...SQUARE, groups: 7, outChannels: 7, strides: [2, 2] }, 12), inputs: [[1, 39, 23, 7]] },
  { op: { kind: "unary", fn: { name: "gelu", params: [] } }, inputs: [[101]] },
  {
    op: { kind: "binary", fn: "add" },
    inputs: [
      [9, 7, 5],
      [9, 7, 5],
    ],
  },
  {
    op: { kind: "binary", fn: "mul" },
    inputs: [
      [9, 7, 5],
      [7, 1],
    ],
  },
  { op: { kind: "binary", fn: "sub" }, inputs: [[1], [9, 7, 5]] },
  { op: { kind: "softmax", log: false }, inputs: [[9, 7]] },
  { op: { kind: "reduce", fn: "mean", axes: [1], keepdims: false }, inputs: [[9, 7, 5]] },
  { op: { kind: "reduce", fn: "max", axes: [0, 2], keepdims: false }, inputs: [[9, 7, 5]] },
  {
    op: { kind: "pool", fn: "max", axes: [window(9, 3), window(5, 2)] },
    inputs: [[1, 9, 5, 6]],
  },
  {
    op: { kind: "pool", fn: "mean", axes: [window(9, 6), window(9, 6)] },
    inputs: [[1, 9, 9, 6]],
  },
  {
    op: { kind: "pool", fn: "max", axes: [window(4, 3), window(5, 2)] },
    inputs: [[3, 4, 5, 6]],
  },
  {
    op: { kind: "resample", axis: 1, starts: [0, 1, 3, 2], weights: [[1], [0.5, 0.5], [1], [0.25, 0.75]] },
    inputs: [[1, 5, 6]],
  },
  { op: { kind: "resample", axis: 2, starts: [0, 1, 3], weights: [[1], [0.5, 0.5], [1]] }, inputs: [[2, 5, 6, 3]] },
  // Filter gradients: by input channels, by taps (two of which never reach inside), by groups of one input channel and of several.
  filterGrad({ inChannels: 35 }, [2, 9, 11, 35]),
  filterGrad({ kernelSize: [1, 1], padding: UNPADDED, inChannels: 35, outChannels: 5 }, [2, 9, 11, 35]),
  filterGrad({ inChannels: 3, kernelSize: [7, 3], padding: TALL }, [2, 2, 7, 3]),
  filterGrad({ inChannels: 1, groups: 1, outChannels: 9 }, [2, 9, 11, 1]),
  filterGrad({ inChannels: 1, groups: 1, outChannels: 1 }, [2, 9, 11, 1]),
  filterGrad({ inChannels: 45, outChannels: 45, groups: 45 }, [2, 9, 11, 45]),
  filterGrad({ inChannels: 11, outChannels: 11, groups: 11 }, [2, 9, 11, 11]),
  filterGrad({ inChannels: 45, outChannels: 45, groups: 45, strides: [2, 1] }, [2, 9, 11, 45]),
  filterGrad({ inChannels: 45, outChannels: 45, groups: 45, strides: [2, 2] }, [2, 9, 11, 45]),
  filterGrad({ inChannels: 37, outChannels: 111, groups: 37 }, [2, 9, 11, 37]),
  filterGrad({ inChannels: 30, outChannels: 50, groups: 10 }, [2, 9, 11, 30]),
  filterGrad({ inChannels: 6, outChannels: 10, groups: 2 }, [2, 9, 11, 6]),
];

function window(size: number, reach: number) {
  return { outputSize: size, step: 1, divisor: 1, reach, before: reach >> 1 };
}

/** The output for numbers that depend on the call only. */
export function outputOf(backend: Backend, { op, inputs }: Call): Float32Array {
  const filled = (shape: Shape, phase: number) => {
    const buffer = backend.alloc(shape);
    backend.write(
      buffer,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 1.7 + phase)),
    );
    return buffer;
  };
  const exe = backend.prepare(op, inputs);
  const weights = hasWeights(op) ? weightShapes(op).map(filled) : [];
  const packed = weights.length > 0 ? backend.pack(op, weights) : null;
  const output = backend.alloc(exe.outputShape);
  const workspace = exe.workspace > 0 ? backend.alloc([exe.workspace]) : null;
  backend.dispatch(exe, packed, inputs.map(filled), output, workspace);
  const values = new Float32Array(sizeOf(exe.outputShape));
  backend.readSync?.(output, values);
  return values;
}

/** Runs a function over many elements in parts until workers have started and done some of them. */
export async function untilWorkersHelp(module: KernelModule, pool: ThreadPool): Promise<void> {
  const parts = 8;
  const blocks = Array.from({ length: parts }, (_, i) => module.heapBase + i * 64);
  const values = module.heapBase + 1024;
  const words = new Int32Array(module.memory.buffer);
  for (const [i, block] of blocks.entries()) {
    const at = values + i * 65536;
    words.set([at, 0, 0, at, 0, 0, 0, 0, 0, 16384], block >>> 2);
  }
  while (pool.partsOfWorkers === 0 || pool.ready < pool.threads - 1) {
    pool.run("unary", blocks);
    await new Promise((resolve) => setTimeout(resolve, 1)); // a page starts workers between tasks
  }
}
