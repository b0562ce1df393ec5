/**
 * The kernel table. The first row that accepts an op is its kernel; `plan.explain()` prints the name. Weights are
 * packed before shapes are known, so among the rows of `conv` and `conv_transpose` only those of one layout may differ by shape.
 */
import type { Op, Shape } from "@keras-ts/core";
import { buildConcat } from "./kernels/concat.ts";
import { buildDense, buildGather } from "./kernels/conv-dense.ts";
import { buildDepthwise } from "./kernels/conv-depthwise.ts";
import { buildFilterGradDense, buildFilterGradDepthwise, buildFilterGradGather } from "./kernels/conv-filter-grad.ts";
import { buildDenseRows, buildDepthwiseRows, suitsRows } from "./kernels/conv-rows.ts";
import { buildBinary, buildSelect, buildUnary, buildUnaryGrad } from "./kernels/elementwise.ts";
import { buildGatherRows, buildGatherRowsGrad } from "./kernels/gather.ts";
import { buildPad } from "./kernels/pad.ts";
import { buildPool } from "./kernels/pool.ts";
import { buildPoolGrad } from "./kernels/pool-grad.ts";
import { windowsFit } from "./kernels/pool-windows.ts";
import { buildReduce } from "./kernels/reduce.ts";
import { buildResample } from "./kernels/resample.ts";
import { buildSoftmax } from "./kernels/softmax.ts";
import { buildSparsemax, buildSparsemaxGrad } from "./kernels/sparsemax.ts";
import type { Kernel } from "./kernels/step.ts";
import { buildBroadcast, buildReshape, buildSlice, buildTranspose } from "./kernels/view.ts";

type Accepts = Kernel["accepts"];

const isConv = (op: Op) => op.kind === "conv" || op.kind === "conv_transpose";
const isDepthwise: Accepts = (op) => isConv(op) && op.groups === op.inChannels && op.outChannels === op.inChannels;
const isMultiplied: Accepts = (op) => isConv(op) && op.groups === op.inChannels && op.outChannels > op.inChannels;
const isWholeTexels: Accepts = (op) =>
  isConv(op) && (op.groups === 1 || ((op.inChannels / op.groups) % 4 === 0 && (op.outChannels / op.groups) % 4 === 0));
const isFilterGrad = (op: Op) => op.kind === "conv_filter_grad";
const isPool: Accepts = (op, [x = []]) => op.kind === "pool" && windowsFit(op.axes, x.slice(1, -1));
const isPoolGrad: Accepts = (op) => op.kind === "pool_grad" && windowsFit(op.axes, op.inputSize);
const is =
  (kind: Op["kind"]): Accepts =>
  (op) =>
    op.kind === kind;

export const KERNELS: readonly Kernel[] = [
  // Four outputs an invocation: 2 to 5 times the speed of the next rows, for a second draw. Not for small outputs, nor where
  // many groups of four would be half empty.
  {
    name: "depthwise_rows_4x4__webgl2",
    accepts: (op, inputs, output) =>
      (isDepthwise(op, inputs, output) || isMultiplied(op, inputs, output)) && suitsRows(op, inputs, output),
    layout: "taps_c_f",
    layered: true,
    build: buildDepthwiseRows,
  },
  {
    name: "conv_rows_4x4x4__webgl2",
    accepts: (op, inputs, output) =>
      !isMultiplied(op, inputs, output) && isWholeTexels(op, inputs, output) && suitsRows(op, inputs, output),
    layout: "taps_c4_f",
    layered: true,
    build: buildDenseRows,
  },
  // One channel of input makes one of output: a texel of weights is used once, nothing is rearranged. Before dense, because one
  // channel in one group is both, and this reads least.
  { name: "depthwise_rgba_1x4__webgl2", accepts: isDepthwise, layout: "taps_c_f", build: buildDepthwise },
  // One channel makes several: lanes of the input are spread, but still no sum over channels.
  { name: "depthwise_rgba_m1x4__webgl2", accepts: isMultiplied, layout: "taps_c_f", build: buildDepthwise },
  // Input blocks of four lie in one group: sixteen multiplications for five texel reads.
  { name: "conv_rgba_4x4__webgl2", accepts: isWholeTexels, layout: "taps_c4_f", build: buildDense },
  // Groups that cut through texels: four multiplications for up to five reads, but right for any sizes.
  { name: "conv_gather_1x4__webgl2", accepts: (op) => isConv(op), layout: "taps_c_f", build: buildGather },

  // As for conv: texel times texel; then four rows by four outputs, where rows are not cut by groups; then a lane an output.
  {
    name: "filter_grad_rgba_1x4__webgl2",
    accepts: (op) => isFilterGrad(op) && op.groups === op.inChannels && op.outChannels === op.inChannels,
    layout: null,
    build: buildFilterGradDepthwise,
  },
  {
    name: "filter_grad_rgba_4x4__webgl2",
    accepts: (op) => isFilterGrad(op) && op.groups === 1,
    layout: null,
    layered: true,
    build: buildFilterGradDense,
  },
  { name: "filter_grad_gather_1x4__webgl2", accepts: isFilterGrad, layout: null, build: buildFilterGradGather },

  // One way each: these move or map texels and are bound by memory.
  { name: "unary_rgba_1x4__webgl2", accepts: is("unary"), layout: null, build: buildUnary },
  { name: "unary_grad_rgba_1x4__webgl2", accepts: is("unary_grad"), layout: null, build: buildUnaryGrad },
  { name: "binary_rgba_1x4__webgl2", accepts: is("binary"), layout: null, build: buildBinary },
  { name: "select_rgba_1x4__webgl2", accepts: is("select"), layout: null, build: buildSelect },
  { name: "reduce_blocks_1x4__webgl2", accepts: is("reduce"), layout: null, build: buildReduce },
  { name: "softmax_twopass_1x4__webgl2", accepts: is("softmax"), layout: null, build: buildSoftmax },
  { name: "sparsemax_count_1x4__webgl2", accepts: is("sparsemax"), layout: null, build: buildSparsemax },
  { name: "sparsemax_grad_count_1x4__webgl2", accepts: is("sparsemax_grad"), layout: null, build: buildSparsemaxGrad },
  { name: "transpose_view_1x4__webgl2", accepts: is("transpose"), layout: null, build: buildTranspose },
  { name: "reshape_view_1x4__webgl2", accepts: is("reshape"), layout: null, build: buildReshape },
  { name: "broadcast_view_1x4__webgl2", accepts: is("broadcast"), layout: null, build: buildBroadcast },
  { name: "slice_view_1x4__webgl2", accepts: is("slice"), layout: null, build: buildSlice },
  { name: "concat_view_1x4__webgl2", accepts: is("concat"), layout: null, build: buildConcat },
  { name: "pad_view_1x4__webgl2", accepts: is("pad"), layout: null, build: buildPad },
  { name: "pool_window_1x4__webgl2", accepts: isPool, layout: null, build: buildPool },
  { name: "pool_grad_holders_1x4__webgl2", accepts: isPoolGrad, layout: null, build: buildPoolGrad },
  { name: "resample_table_1x4__webgl2", accepts: is("resample"), layout: null, build: buildResample },
  { name: "gather_rows_1x4__webgl2", accepts: is("gather"), layout: null, build: buildGatherRows },
  { name: "gather_grad_links_1x4__webgl2", accepts: is("gather_grad"), layout: null, build: buildGatherRowsGrad },
];

/** The kernel for an op, or null. `layered`: whether the device draws into layered textures. */
export function selectKernel(op: Op, inputs: readonly Shape[], output: Shape, layered: boolean): Kernel | null {
  return KERNELS.find((kernel) => (layered || !kernel.layered) && kernel.accepts(op, inputs, output)) ?? null;
}
