/** 3×3 convolutions at sizes around the tiles of `assembly/conv-winograd.ts`, with values that reach single outputs only. */
import { type OpCase, runCase } from "@keras-ts/conformance/run";
import type { ConvOp } from "@keras-ts/core";
import { expect, it } from "vitest";
import { cpu } from "../src/index.ts";

function conv(inChannels: number, outChannels: number, padding: ConvOp["padding"]): ConvOp {
  return {
    kind: "conv",
    kernelSize: [3, 3],
    strides: [1, 1],
    dilation: [1, 1],
    padding,
    groups: 1,
    inChannels,
    outChannels,
    bias: true,
    activation: null,
  };
}

const SAME: ConvOp["padding"] = [
  [1, 1],
  [1, 1],
];
const UNEQUAL: ConvOp["padding"] = [
  [2, 0],
  [0, 1],
];
const VALID: ConvOp["padding"] = [
  [0, 0],
  [0, 0],
];

async function expectAll(cases: readonly OpCase[]): Promise<void> {
  const backend = cpu();
  await backend.init();
  for (const c of cases) {
    const exe = backend.prepare(c.op, c.inputs);
    expect(exe.kernel).toContain("conv_winograd_2x2_3x3__");
    backend.release(exe);
    expect(await runCase(backend, c)).toEqual([]);
  }
  backend.dispose();
}

it.each([16, 17, 19, 20, 33])("%i input channels", async (inChannels) => {
  const sizes = [
    [1, 6, 6],
    [2, 7, 8],
    [1, 8, 23],
    [3, 12, 11],
  ];
  await expectAll(
    [16, 17, 20, 23, 31].flatMap((outChannels) =>
      [SAME, UNEQUAL, VALID].flatMap((padding, p) =>
        sizes.map(([batch = 1, height = 6, width = 6]): OpCase => {
          const room = p === 2 ? 2 : 0;
          const op = conv(inChannels, outChannels, padding);
          const activation = { name: "tanh" as const, params: [] };
          return {
            name: `${inChannels}→${outChannels}, padding ${p}, ${batch}×${height}×${width}`,
            op: height === 8 ? { ...op, activation } : op,
            inputs: [[batch, height + room, width + room, inChannels]],
          };
        }),
      ),
    ),
  );
});

it("many blocks of tiles", async () => {
  await expectAll([{ name: "40×30", op: conv(130, 24, SAME), inputs: [[2, 40, 30, 130]] }]);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "one %d reaches the outputs whose windows hold it",
  async (value) => {
    const places = [0, 5 * 16 + 3, (3 * 8 + 4) * 16 + 15, 8 * 8 * 16 - 1];
    await expectAll(
      [SAME, UNEQUAL].flatMap((padding) =>
        places.map((index) => ({
          name: `${value} at ${index}`,
          op: conv(16, 20, padding),
          inputs: [[1, 8, 8, 16]],
          pokes: [{ operand: 0, index, value }],
        })),
      ),
    );
  },
);
