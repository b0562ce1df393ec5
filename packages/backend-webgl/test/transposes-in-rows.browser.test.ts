/** Transposed convolutions large enough for the kernels of four outputs an invocation: strides, dilations, kernels of every phase. */
import "@tensorflow/tfjs-backend-webgl";
import { webgl } from "@keras-ts/backend-webgl";
import { runCase } from "@keras-ts/conformance/run";
import type { ConvTransposeOp, Shape, UnaryFn } from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MIN_WORK } from "../src/kernels/conv-rows.ts";

const silu: UnaryFn = { name: "silu", params: [] };

interface Numbers {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilation?: readonly number[];
  readonly crop?: readonly number[];
  readonly groups?: number;
  readonly outChannels: number;
}

function transpose(numbers: Numbers, input: Shape, outputSize: readonly number[]): ConvTransposeOp {
  const { kernel, strides, groups = 1, outChannels } = numbers;
  return {
    kind: "conv_transpose",
    kernelSize: kernel,
    strides,
    dilation: numbers.dilation ?? kernel.map(() => 1),
    crop: numbers.crop ?? kernel.map(() => 0),
    outputSize,
    groups,
    inChannels: input.at(-1) ?? 1,
    outChannels,
    bias: outChannels % 2 === 0,
    activation: outChannels % 3 === 0 ? silu : null,
  };
}

/** Output sizes around whole groups of four a phase, in batches just large enough. */
const alongOneAxis = [2, 3, 4].flatMap((stride) =>
  [1, 2, 3, 5, 8].flatMap((k) =>
    [1, 2].flatMap((dilation): [string, Numbers, Shape, number[]][] => {
      const numbers = { kernel: [k], strides: [stride], dilation: [dilation], crop: [k % 3] };
      const size = 16 * stride + k - 4;
      const name = `k${k} by ${stride}, dilation ${dilation}`;
      const dense = { ...numbers, outChannels: 30 + k };
      const depthwise = { ...numbers, groups: 33, outChannels: 33 * dilation };
      return [
        [name, dense, [Math.ceil(MIN_WORK / size / 8 / 6), 17, 24], [size]],
        [`${name}, depthwise`, depthwise, [Math.ceil(MIN_WORK / size / 9), 17, 33], [size]],
      ];
    }),
  ),
);

const more: [string, Numbers, Shape, number[]][] = [
  ["2d k3 by 2", { kernel: [3, 3], strides: [2, 2], crop: [0, 1], outChannels: 18 }, [1, 14, 15, 32], [29, 30]],
  ["2d k4x2 by 3x2", { kernel: [4, 2], strides: [3, 2], outChannels: 16 }, [1, 11, 20, 32], [34, 40]],
  [
    "2d k5 by 1x2",
    { kernel: [5, 5], strides: [1, 2], dilation: [2, 3], crop: [4, 3], outChannels: 9 },
    [1, 14, 20, 16],
    [14, 40],
  ],
  ["2d k3 by 2 grouped", { kernel: [3, 3], strides: [2, 2], groups: 4, outChannels: 32 }, [1, 20, 20, 32], [41, 41]],
  ["2d depthwise k5 by 2", { kernel: [5, 5], strides: [2, 2], groups: 36, outChannels: 36 }, [1, 20, 21, 36], [40, 43]],
  ["3d k3 by 2", { kernel: [3, 3, 3], strides: [2, 2, 2], outChannels: 6 }, [1, 5, 6, 8, 16], [10, 12, 16]],
];

const backend = webgl();
beforeAll(async () => {
  await tf.setBackend("webgl");
  await backend.init();
});
afterAll(() => backend.dispose());

it.each([...alongOneAxis, ...more])("%s", async (name, numbers, input, outputSize) => {
  const op = transpose(numbers, input, outputSize);
  expect(await runCase(backend, { name, op, inputs: [input] })).toEqual([]);
});

it("are given to those kernels", () => {
  const names = [...alongOneAxis, ...more].map(
    ([, numbers, input, size]) => backend.prepare(transpose(numbers, input, size), [input]).kernel,
  );
  expect(names.filter((name) => !/_rows_/.test(name))).toEqual([]);
});
