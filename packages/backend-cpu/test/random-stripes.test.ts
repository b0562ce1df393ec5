/** Random separable convolutions, in stripes of any place and number of threads, give the bits of both convolutions one after another. */
import {
  type Backend,
  type ConvOp,
  type Op,
  outputShape,
  type SeparableOp,
  type Shape,
  sizeOf,
  weightShapes,
} from "@keras-ts/core";
import { describe, expect, it } from "vitest";
import { cpu } from "../src/index.ts";

const OPS = 150;
const SEED = 20_251;
const RELU6 = { name: "relu", params: [0, 6, 0] } as const;
const TANH = { name: "tanh", params: [] } as const;

/** Numbers from 0 to before 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Drawn {
  readonly op: SeparableOp;
  readonly x: Shape;
}

/** Any geometry: strides beyond the kernel, padding beyond the image, images of one row, rows that fill several stripes, none at all. */
function drawn(random: () => number): Drawn {
  const below = (n: number) => Math.floor(random() * n);
  const one = <T>(...of: readonly T[]): T => of[below(of.length)] as T;
  const rank = one(1, 1, 2, 2, 2, 3);
  const channels = one(2, 3, 4, 5, 8, 13, 16, 67);
  const outputs = channels * one(1, 1, 1, 2, 3);
  const most = [400, 40, 12][rank - 1] ?? 1;
  const size = Array.from({ length: rank }, () => one(0, 1, 7, 14, 1 + below(most), 1 + below(most), 1 + below(most)));
  const kernelSize = size.map(() => one(1, 2, 3, 3, 5, 7, 9));
  const dilation = size.map(() => one(1, 1, 1, 2, 3));
  const strides = size.map(() => one(1, 1, 1, 2, 3, 11));
  const same = random() < 0.5;
  const padding = kernelSize.map((k, i): readonly [number, number] => {
    const reach = (k - 1) * (dilation[i] ?? 1);
    if (same) return [reach >> 1, reach - (reach >> 1)];
    return [below(reach + 4), below(reach + 4)];
  });
  const each = size.map(() => 1);
  const epilogue = () => ({ bias: random() < 0.5, activation: one<ConvOp["activation"]>(null, RELU6, TANH) });
  const depthwise: ConvOp = {
    kind: "conv",
    kernelSize,
    strides,
    dilation,
    padding,
    groups: channels,
    inChannels: channels,
    outChannels: outputs,
    ...epilogue(),
  };
  const pointwise: ConvOp = {
    kind: "conv",
    kernelSize: each,
    strides: each,
    dilation: each,
    padding: each.map(() => [0, 0] as const),
    groups: 1,
    inChannels: outputs,
    outChannels: one(2, 5, 8, 17, 24),
    residual: random() < 0.3,
    ...epilogue(),
  };
  return { op: { kind: "separable", depthwise, pointwise }, x: [one(1, 1, 2, 3), ...size, channels] };
}

function values(shape: Shape, phase: number): Float32Array {
  const array = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 1.7 + phase));
  if (array.length > 9) [array[1], array[array.length - 2]] = [Number.NaN, Number.POSITIVE_INFINITY];
  return array;
}

function ran(
  backend: Backend,
  op: Op,
  inputs: readonly Float32Array[],
  shapes: readonly Shape[],
  weights: readonly Float32Array[],
) {
  if (op.kind !== "conv" && op.kind !== "separable") throw new TypeError(op.kind);
  const filled = (array: Float32Array, shape: Shape) => {
    const buffer = backend.alloc(shape);
    backend.write(buffer, array);
    return buffer;
  };
  const exe = backend.prepare(op, shapes);
  const given = weightShapes(op).map((shape, i) => filled(weights[i] ?? new Float32Array(0), shape));
  const operands = shapes.map((shape, i) => filled(inputs[i] ?? new Float32Array(0), shape));
  const packed = backend.pack(op, given);
  const output = filled(new Float32Array(sizeOf(exe.outputShape)).fill(77), exe.outputShape);
  const workspace =
    exe.workspace > 0 ? filled(new Float32Array(exe.workspace).fill(Number.NaN), [exe.workspace]) : null;
  backend.dispatch(exe, packed, operands, output, workspace);
  const result = new Float32Array(sizeOf(exe.outputShape));
  backend.readSync?.(output, result);
  for (const buffer of [...given, ...operands, output, ...(workspace ? [workspace] : [])]) backend.free(buffer);
  backend.release(packed);
  backend.release(exe);
  return result;
}

describe.each([true, false])("relaxed: %s", (relaxed) => {
  it.each([1, 3])("%i threads", async (threads) => {
    const [apart, joined] = [cpu({ relaxed, threads: 1 }), cpu({ relaxed, threads, leastWork: 1 })];
    await Promise.all([apart.init(), joined.init()]);
    const random = generator(SEED);
    for (let i = 0; i < OPS; ) {
      const { op, x } = drawn(random);
      const between = outputShape(op.depthwise, [x]);
      if (between.some((n) => n < 0)) continue;
      i++;
      const y = outputShape(op, [x]);
      const weights = weightShapes(op).map((shape, k) => values(shape, k).map((v) => (Number.isFinite(v) ? v : 0.5)));
      const first = weightShapes(op.depthwise).length;
      const [input, residual] = [values(x, 9), op.pointwise.residual ? [values(y, 4)] : []];
      const middle = ran(apart, op.depthwise, [input], [x], weights.slice(0, first));
      const shapes = (of: Shape) => (op.pointwise.residual ? [of, y] : [of]);
      const expected = ran(apart, op.pointwise, [middle, ...residual], shapes(between), weights.slice(first));
      const actual = ran(joined, op, [input, ...residual], shapes(x), weights);
      const differs = actual.findIndex((v, k) => !Object.is(v, expected[k]));
      expect(differs, `seed ${SEED}, op ${i}: x=[${x}] ${JSON.stringify(op)}`).toBe(-1);
    }
    expect(joined.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
    apart.dispose();
    joined.dispose();
  });
});
