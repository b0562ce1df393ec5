/** The judgement without a device: where the limits lie, and that it is what a device's limits give. */
import type { ConvOp, Op, PoolOp } from "@keras-ts/core";
import { describe, expect, test } from "vitest";
import { type WebglLimits, webglUnsupported } from "./unsupported.ts";

const RELU: Op = { kind: "unary", fn: { name: "relu", params: [0, Number.POSITIVE_INFINITY, 0] } };
const SIDE = 2048;

function dense(inChannels: number, outChannels: number): ConvOp {
  return {
    kind: "conv",
    kernelSize: [1],
    strides: [1],
    dilation: [1],
    padding: [[0, 0]],
    groups: 1,
    inChannels,
    outChannels,
    bias: true,
    activation: null,
  };
}

describe("a texture of 2048×2048 is what is counted on:", () => {
  test("one texel more is one too many", () => {
    expect(webglUnsupported(RELU, [[SIDE, SIDE, 4]])).toBeNull();
    expect(webglUnsupported(RELU, [[SIDE * SIDE + 1, 4]])).toMatch(
      /^4194305 texels \(67108880 bytes\) need a texture of .*; textures are at most 2048×2048$/,
    );
    expect(webglUnsupported(RELU, [[SIDE * SIDE + 1, 4]], { maxTextureSize: 4096 })).toBeNull();
  });

  test("the output counts, too", () => {
    const broadcast: Op = { kind: "broadcast", shape: [3000, 2000, 1] };
    expect(webglUnsupported(broadcast, [[1, 2000, 1]])).toMatch(/^6000000 texels/);
  });

  test("weights count, in their own shape and packed", () => {
    expect(webglUnsupported(dense(4096, 4096), [[1, 1, 4096]])).toBeNull();
    expect(webglUnsupported(dense(5000, 4096), [[1, 1, 5000]])).toMatch(/^5120000 texels/);
  });

  test("numbers that an op carries count", () => {
    const starts = Array.from({ length: 1_100_000 }, () => 0);
    const resample: Op = { kind: "resample", axis: 1, starts, weights: starts.map(() => [0.2, 0.2, 0.2, 0.2]) };
    expect(webglUnsupported(resample, [[1, 4, 1]])).toBeNull();
    expect(webglUnsupported(resample, [[1, 4, 1]], { maxTextureSize: 512 })).toMatch(/textures are at most 512×512/);
  });
});

test("windows past the integers of a program have no kernel", () => {
  const axis = { outputSize: 15_001, step: 150_000, divisor: 15_001, reach: 165_000, before: 0 };
  const pool: PoolOp = { kind: "pool", fn: "mean", axes: [axis] };
  expect(webglUnsupported(pool, [[1, 150_000, 1]])).toMatch(/no kernel for pool of these sizes.*150000/);
});

test("what plans leave to others is refused, whatever the sizes", () => {
  expect(webglUnsupported({ ...dense(2, 2), residual: true }, [[1, 3, 2]])).toMatch(/residuals/);
});

test.each([
  [{ maxTextureSize: 0 }, "maxTextureSize=0"],
  [{ maxTextureSize: 2.5 }, "maxTextureSize=2.5"],
  [{ maxTextures: 3 } as WebglLimits, "Received: maxTextures."],
])("limits that are none are refused: %j", (limits, message) => {
  expect(() => webglUnsupported(RELU, [[1]], limits)).toThrow(message);
});
