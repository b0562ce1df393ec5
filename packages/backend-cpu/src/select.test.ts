import { type ConvOp, type Op, outputShape, type PoolAxis, type Shape } from "@keras-ts/core";
import { describe, expect, it } from "vitest";
import { FLAT_CONV } from "../test/flat-conv.ts";
import { KERNEL_ROWS, layoutOf, selectKernel } from "./select.ts";

function conv(inChannels: number, outChannels: number, numbers: Partial<ConvOp> = {}): ConvOp {
  return { ...FLAT_CONV, activation: null, inChannels, outChannels, ...numbers };
}

function nameFor(op: Op, ...inputs: Shape[]): string {
  return selectKernel(op, { inputs, x: inputs[0] ?? [], output: outputShape(op, inputs) }).name;
}

const pointwise: Partial<ConvOp> = { kernelSize: [1], padding: [[0, 0]] };

function square(inChannels: number, outChannels: number): ConvOp {
  const padding: ConvOp["padding"] = [
    [1, 1],
    [1, 1],
  ];
  return conv(inChannels, outChannels, { kernelSize: [3, 3], strides: [1, 1], dilation: [1, 1], padding });
}

function filterGrad(op: ConvOp): Op {
  const { kernelSize, strides, dilation, groups, inChannels, outChannels } = op;
  return { kind: "conv_filter_grad", kernelSize, strides, dilation, groups, inChannels, outChannels, padBefore: [1] };
}

function gradShapes(op: ConvOp, x: Shape): Shape[] {
  return [x, outputShape(op, [x])];
}

function windows(outputSize: number, reach: number, step: number): PoolAxis {
  return { outputSize, step, divisor: 1, reach, before: 0 };
}

function mean(...axes: PoolAxis[]): Op {
  return { kind: "pool", fn: "mean", axes };
}

const wide = conv(8, 8, { groups: 8 });
const strided = conv(8, 8, { groups: 8, strides: [2] });
const dense = conv(8, 4);

describe("selectKernel", () => {
  it.each<[string, string, Op, Shape[]]>([
    ["depthwise", "depthwise_rows_6x4", conv(8, 8, { groups: 8 }), [[1, 9, 8]]],
    ["depthwise of 19 taps", "depthwise_rows_6x4", conv(8, 8, { groups: 8, kernelSize: [19] }), [[1, 30, 8]]],
    ["depthwise of 4 taps", "depthwise_taps_4x8", conv(8, 8, { groups: 8, kernelSize: [4] }), [[1, 9, 8]]],
    ["depthwise, 14 positions a row", "depthwise_whole_rows_7x4", { ...square(8, 8), groups: 8 }, [[1, 9, 14, 8]]],
    ["depthwise, 15 positions a row", "depthwise_rows_6x4", { ...square(8, 8), groups: 8 }, [[1, 9, 15, 8]]],
    ["5 taps, strided", "depthwise_strided_5x4", conv(8, 8, { groups: 8, kernelSize: [5], strides: [2] }), [[1, 9, 8]]],
    ["strided depthwise", "depthwise_taps_4x8", conv(8, 8, { groups: 8, strides: [2] }), [[1, 9, 8]]],
    ["depthwise of 3 channels", "depthwise_narrow_24", conv(3, 3, { groups: 3 }), [[1, 9, 3]]],
    ["strided, of 3 channels", "depthwise_taps_4x8", conv(3, 3, { groups: 3, strides: [2] }), [[1, 9, 3]]],
    ["one channel to one", "depthwise_narrow_24", conv(1, 1), [[1, 9, 1]]],
    ["a multiplier", "depthwise_spread_rows_6x4", conv(8, 24, { groups: 8 }), [[1, 9, 8]]],
    ["a multiplier, strided", "depthwise_spread_taps_4x4", conv(8, 24, { groups: 8, strides: [2] }), [[1, 9, 8]]],
    ["one channel to several", "conv_indirect_gemm_4x8", conv(1, 16), [[1, 9, 1]]],
    ["pointwise", "conv_gemm_4x8", conv(8, 4, pointwise), [[2, 9, 8]]],
    ["strided 1", "conv_indirect_gemm_4x8", conv(8, 4, { ...pointwise, strides: [2] }), [[2, 9, 8]]],
    ["padded 1", "conv_indirect_gemm_4x8", conv(8, 4, { ...pointwise, padding: [[1, 0]] }), [[2, 9, 8]]],
    ["dense", "conv_indirect_gemm_4x8", conv(8, 4), [[1, 9, 8]]],
    ["3×3", "conv_winograd_2x2_3x3", square(16, 17), [[1, 8, 9, 16]]],
    ["3×3 of few channels", "conv_indirect_gemm_4x8", square(15, 16), [[1, 8, 9, 15]]],
    ["3×3 on 3×3 positions", "conv_indirect_gemm_4x8", square(16, 16), [[1, 3, 3, 16]]],
    ["3×3 with strides", "conv_indirect_gemm_4x8", { ...square(16, 16), strides: [1, 2] }, [[1, 8, 8, 16]]],
    ["3×3 with dilation", "conv_indirect_gemm_4x8", { ...square(16, 16), dilation: [2, 2] }, [[1, 8, 8, 16]]],
    ["3×3 in groups", "conv_indirect_gemm_4x8", { ...square(32, 32), groups: 2 }, [[1, 8, 8, 32]]],
    ["3 taps", "conv_winograd_2_3", conv(16, 65), [[1, 16, 16]]],
    ["3 taps of 16 channels to 16", "conv_indirect_gemm_4x8", conv(16, 16), [[1, 16, 16]]],
    ["31 taps with dilation", "conv_winograd_2_3", conv(64, 17, { kernelSize: [31], dilation: [2] }), [[1, 94, 64]]],
    ["3 taps of few channels", "conv_indirect_gemm_4x8", conv(12, 96), [[1, 16, 12]]],
    ["3 taps of 18 channels", "conv_indirect_gemm_4x8", conv(18, 96), [[1, 16, 18]]],
    ["3 taps, few positions", "conv_indirect_gemm_4x8", conv(64, 64), [[1, 15, 64]]],
    ["2 taps", "conv_indirect_gemm_4x8", conv(64, 64, { kernelSize: [2] }), [[1, 20, 64]]],
    ["dense, one output", "conv_dot_4", conv(8, 1), [[1, 9, 8]]],
    ["one output a group", "conv_fold_2x4", conv(8, 4, { groups: 4 }), [[1, 9, 8]]],
    ["one output a group of 5", "conv_dot_4", conv(20, 4, { groups: 4 }), [[1, 9, 20]]],
    ["grouped", "conv_indirect_gemm_4x8", conv(8, 4, { groups: 2 }), [[1, 9, 8]]],
    ["gradient of depthwise", "filter_grad_depthwise_3x8", filterGrad(wide), gradShapes(wide, [1, 9, 8])],
    ["gradient of strided", "filter_grad_depthwise_4", filterGrad(strided), gradShapes(strided, [1, 9, 8])],
    ["gradient of dense", "filter_grad_gemm_4x8", filterGrad(dense), gradShapes(dense, [1, 9, 8])],
    ["transposed runs", "transpose_runs", { kind: "transpose", perm: [1, 0, 2] }, [[2, 3, 4]]],
    ["transposed, last axis of 1", "transpose_runs", { kind: "transpose", perm: [1, 2, 0] }, [[1, 3, 4]]],
    ["transposed", "transpose_4x4", { kind: "transpose", perm: [0, 2, 1] }, [[2, 3, 4]]],
    ["windows side by side", "pool_windows_16", mean(windows(4, 2, 2), windows(4, 2, 2)), [[1, 8, 8, 4]]],
    ["windows of 3 that overlap", "pool_windows_16", mean(windows(6, 3, 1), windows(6, 3, 1)), [[1, 8, 8, 4]]],
    ["windows of 5 that overlap", "pool_rows_16", mean(windows(4, 5, 1), windows(4, 5, 1)), [[1, 8, 8, 4]]],
    ["a mean of 64", "pool_wide_mean_4", mean(windows(1, 8, 8), windows(1, 8, 8)), [[1, 8, 8, 4]]],
    ["a sum over axes", "reduce_blocks_16", { kind: "reduce", fn: "sum", axes: [0], keepdims: false }, [[2, 3]]],
    ["a maximum over axes", "reduce_max_16", { kind: "reduce", fn: "max", axes: [0], keepdims: false }, [[2, 3]]],
  ])("%s → %s", (_, name, op, inputs) => {
    expect(nameFor(op, ...inputs)).toBe(name);
  });

  it("needs the layout that pack gives, whatever the input shape", () => {
    const depthwise = [conv(8, 8, { groups: 8 }), conv(8, 16, { groups: 8 }), conv(1, 1)];
    const ops = [...depthwise, conv(8, 4, pointwise), conv(1, 4), conv(8, 1), conv(8, 4, { groups: 4 })];
    for (const op of ops) {
      for (const x of [
        [1, 3, op.inChannels],
        [5, 40, op.inChannels],
      ]) {
        expect(selectKernel(op, { inputs: [x], x, output: outputShape(op, [x]) }).layout).toBe(layoutOf(op));
      }
    }
  });

  it("has distinct names", () => {
    const names = KERNEL_ROWS.map((row) => row.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
