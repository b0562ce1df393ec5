/** 1-D convolutions at sizes around the tiles of `assembly/conv-winograd-1d.ts`: every count of taps, dilations, and values that reach single outputs. */
import { type OpCase, runCase } from "@keras-ts/conformance/run";
import type { ConvOp } from "@keras-ts/core";
import { expect, it } from "vitest";
import { cpu } from "../src/index.ts";

function conv(taps: number, numbers: Partial<ConvOp> = {}): ConvOp {
  return {
    kind: "conv",
    kernelSize: [taps],
    strides: [1],
    dilation: [1],
    padding: [[taps - 1, 0]],
    groups: 1,
    inChannels: 64,
    outChannels: 16,
    bias: true,
    activation: null,
    ...numbers,
  };
}

async function expectAll(cases: readonly OpCase[]): Promise<void> {
  const backend = cpu();
  await backend.init();
  for (const c of cases) {
    const exe = backend.prepare(c.op, c.inputs);
    expect(exe.kernel, c.name).toContain("conv_winograd_2_3__");
    backend.release(exe);
    expect(await runCase(backend, c)).toEqual([]);
  }
  backend.dispose();
}

it.each([3, 4, 5, 6, 7, 8, 9, 16, 31])("%i taps", async (taps) => {
  await expectAll(
    [16, 17, 19, 20, 35].flatMap((length) =>
      [16, 17, 21, 32].map((outChannels): OpCase => {
        const causal = length % 2 === 0;
        const padding: ConvOp["padding"] = causal ? [[taps - 1, 0]] : [[taps >> 1, (taps - 1) >> 1]];
        const activation = outChannels === 17 ? ({ name: "tanh", params: [] } as const) : null;
        return {
          name: `${taps} taps, ${length} to ${outChannels}, causal: ${causal}`,
          op: conv(taps, { outChannels, padding, activation, inChannels: outChannels === 21 ? 68 : 64 }),
          inputs: [[2, length, outChannels === 21 ? 68 : 64]],
        };
      }),
    ),
  );
});

it.each([2, 3, 4, 7])("dilation %i", async (dilation) => {
  await expectAll(
    [0, 1, dilation - 1, dilation, 2 * dilation - 1].flatMap((more) =>
      [3, 5].map((taps) => ({
        name: `${taps} taps, ${more} more`,
        op: conv(taps, { dilation: [dilation], padding: [[(taps - 1) * dilation, 0]] }),
        inputs: [[2, 16 * dilation + more, 64]],
      })),
    ),
  );
});

it("many blocks of tiles", async () => {
  await expectAll([{ name: "300", op: conv(5, { inChannels: 64, outChannels: 24 }), inputs: [[2, 301, 64]] }]);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "one %d reaches the outputs whose windows hold it",
  async (value) => {
    const places = [0, 5 * 64 + 3, 18 * 64 + 63, 39 * 64 - 1];
    await expectAll(
      [1, 2].flatMap((dilation) =>
        places.map((index) => ({
          name: `${value} at ${index}, dilation ${dilation}`,
          op: conv(5, { dilation: [dilation], padding: [[2 * dilation, 2 * dilation]], outChannels: 20 }),
          inputs: [[1, 39, 64]],
          pokes: [{ operand: 0, index, value }],
        })),
      ),
    );
  },
);
