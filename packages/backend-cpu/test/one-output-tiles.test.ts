/** Convolutions with one output channel a group, at sizes around the tiles of `assembly/conv-dot.ts`. */
import { type OpCase, runCase } from "@keras-ts/conformance/run";
import type { ConvOp, ConvTransposeOp } from "@keras-ts/core";
import { expect, it } from "vitest";
import { cpu } from "../src/index.ts";

function conv(groups: number, inputs: number): ConvOp {
  return {
    kind: "conv",
    kernelSize: [2, 3],
    strides: [1, 2],
    dilation: [2, 1],
    padding: [
      [1, 0],
      [1, 1],
    ],
    groups,
    inChannels: groups * inputs,
    outChannels: groups,
    bias: true,
    activation: { name: "tanh", params: [] },
  };
}

function transposed(groups: number, inputs: number, width: number): ConvTransposeOp {
  const { padding, ...numbers } = conv(groups, inputs);
  return { ...numbers, kind: "conv_transpose", crop: [1, 0], outputSize: [4, width * 2 + 1] };
}

function cases(groups: number, inputs: number): OpCase[] {
  return [1, 2, 3, 4, 5, 9].flatMap((width): OpCase[] => {
    const shapes = [[2, 4, width, groups * inputs]];
    const nan = [{ operand: 0, index: groups * inputs - 1, value: Number.NaN }];
    return [
      { name: `${width} wide`, op: conv(groups, inputs), inputs: shapes },
      { name: `${width} wide with NaN`, op: conv(groups, inputs), inputs: shapes, pokes: nan },
      { name: `${width} wide, transposed`, op: transposed(groups, inputs, width), inputs: shapes },
      {
        name: `pointwise, ${width} wide`,
        op: { ...conv(groups, inputs), kernelSize: [1], strides: [1], dilation: [1], padding: [[0, 0]] },
        inputs: [[2, width, groups * inputs]],
      },
    ];
  });
}

it.each([1, 3, 4, 5, 8])("%i groups", async (groups) => {
  const backend = cpu();
  await backend.init();
  for (const inputs of [2, 3, 4, 5, 7, 8, 9, 16, 17]) {
    for (const c of cases(groups, inputs)) {
      const exe = backend.prepare(c.op, c.inputs);
      expect(exe.kernel).toContain(groups >= 4 && inputs <= 4 ? "conv_fold_2x4__" : "conv_dot_4__");
      backend.release(exe);
      expect(await runCase(backend, c, `${groups} groups of ${inputs}, ${c.name}`)).toEqual([]);
    }
  }
  backend.dispose();
});
