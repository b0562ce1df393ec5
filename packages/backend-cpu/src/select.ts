/**
 * The kernel table: the first row of an op's kind that accepts it is what runs, under the row's name. `layout` is how
 * the weights of the op must have been packed; it depends on the op alone, so one `Packed` serves every input shape.
 */
import type { Op, OpKind, Shape, WeightedOp } from "@keras-ts/core";
import type { Division, Range } from "./divide.ts";
import { gather, gatherGrad, select } from "./kernels/choosing.ts";
import {
  type AnyConv,
  convDepthwise,
  convDot,
  convGemm,
  divideConvolution,
  folds,
  hasMultiplier,
  isDepthwise,
  isDot,
  isPointwiseConv,
  keepsRows,
  sharesInputs,
  skipsInputs,
} from "./kernels/convolution.ts";
import {
  binary,
  divideBinary,
  divideReduce,
  divideRows,
  divideUnary,
  reduce,
  softmax,
  sparsemax,
  unary,
} from "./kernels/elementwise.ts";
import { divideElementwise, elementwise, packsRows } from "./kernels/elementwise-steps.ts";
import { divideFilterGrad, filterGrad, goesByThrees } from "./kernels/filter-grad.ts";
import type { KernelPlan } from "./kernels/kernel-plan.ts";
import { broadcast, concat, copyAll, keepsRuns, pad, slice, transpose } from "./kernels/movement.ts";
import { dividePool, isWide, pool, poolGradMax, poolGradMean, sharesRows } from "./kernels/pooling.ts";
import { divideResample, resample } from "./kernels/resampling.ts";
import { divideSeparable, separable } from "./kernels/separable.ts";
import { convWinograd, divideWinograd, usesWinograd } from "./kernels/winograd.ts";
import { convWinograd1d, divideWinograd1d, usesWinograd1d } from "./kernels/winograd-1d.ts";

/**
 * Weights as [taps][outChannels], as [taps][inChannels], or in panels of 8 output channels. `separable` is the first for its depthwise half, then
 * the last. `winograd_8` is made of panels when a kernel first asks for it: whether it pays depends on the input's size.
 */
export type Layout = "taps" | "taps_of_inputs" | "panels_8" | "winograd_8" | "separable";

interface Shapes {
  readonly inputs: readonly Shape[];
  /** The first input. */
  readonly x: Shape;
  readonly output: Shape;
}

export interface KernelRow<K extends OpKind = OpKind> {
  readonly kinds: readonly K[];
  /** Without the target: `__simd` or `__relaxed_simd` is added. */
  readonly name: string;
  /** `null` for ops without weights. */
  readonly layout: Layout | null;
  accepts(op: Extract<Op, { kind: K }>, shapes: Shapes): boolean;
  /** How threads may divide it; left out where they may not. */
  divides?(op: Extract<Op, { kind: K }>, shapes: Shapes): Division | null;
  /** The whole, or a range of it in the units of `divides`. */
  build(op: Extract<Op, { kind: K }>, shapes: Shapes, range: Range): KernelPlan;
}

const always = () => true;

const CONV: readonly KernelRow<AnyConv["kind"]>[] = [
  // One input channel a group: nothing to multiply matrices with; channels are the vector. 1 to 3 channels do not fill
  // it, so there it runs along the row.
  inBoxes("depthwise_narrow_24", "taps", convDepthwise, (op) => {
    return isPlainDepthwise(op) && op.outChannels < 4 && op.strides.at(-1) === 1;
  }),
  // Short rows: borders are part of their tiles.
  inBoxes("depthwise_whole_rows_7x4", "taps", convDepthwise, (op, { x, output }) => {
    return isPlainDepthwise(op) && keepsRows(op, x, output);
  }),
  // Neighbouring positions share inputs: each is loaded once for 6 positions. Border positions take the general tile.
  inBoxes("depthwise_rows_6x4", "taps", convDepthwise, (op) => isPlainDepthwise(op) && sharesInputs(op)),
  // The same for every second position.
  inBoxes("depthwise_strided_5x4", "taps", convDepthwise, (op) => isPlainDepthwise(op) && skipsInputs(op)),
  // Any other kernel, stride or dilation.
  inBoxes("depthwise_taps_4x8", "taps", convDepthwise, isPlainDepthwise),
  // The same two with several outputs a channel: inputs are spread over the outputs by a shuffle.
  inBoxes("depthwise_spread_rows_6x4", "taps", convDepthwise, (op) => isDepthwise(op) && sharesInputs(op)),
  inBoxes("depthwise_spread_taps_4x4", "taps", convDepthwise, isDepthwise),
  // One output channel a group: no columns to share inputs, so the vector runs over input channels.
  inBoxes("conv_fold_2x4", "taps_of_inputs", convDot, folds),
  inBoxes("conv_dot_4", "taps_of_inputs", convDot, isDot),
  // 1×1 without strides: batch and space are one axis, so tiles are always full. With fused multiply-add they are 5×8.
  inBoxes("conv_gemm_4x8", "panels_8", convGemm, (op, { x, output }) => isPointwiseConv(op, x, output)),
  // 3×3 over neighbouring positions of many channels: fewer products.
  {
    kinds: ["conv"],
    name: "conv_winograd_2x2_3x3",
    layout: "winograd_8",
    accepts: (op, { output }) => usesWinograd(op, output),
    divides: (op, { output }) => divideWinograd(op, output),
    build: (op, { x, output }, range) => convWinograd(op, x, output, range),
  },
  // The same along one axis, with any dilation.
  {
    kinds: ["conv"],
    name: "conv_winograd_2_3",
    layout: "winograd_8",
    accepts: (op, { output }) => usesWinograd1d(op, output),
    divides: (op, { output }) => divideWinograd1d(op, output),
    build: (op, { x, output }, range) => convWinograd1d(op, x, output, range),
  },
  // Everything else: rows are found by pointers, border positions by their own lists of taps.
  inBoxes("conv_indirect_gemm_4x8", "panels_8", convGemm, always),
];

/** A row whose kernel walks boxes of positions, divided as `divideConvolution` says. */
function inBoxes(
  name: string,
  layout: Layout,
  kernel: typeof convGemm,
  accepts: (op: AnyConv, shapes: Shapes) => boolean,
): KernelRow<AnyConv["kind"]> {
  return {
    kinds: ["conv", "conv_transpose"],
    name,
    layout,
    accepts,
    divides: (op, { x, output }) => divideConvolution(op, x, output),
    build: (op, { x, output }, range) => kernel(op, x, output, range),
  };
}

function isPlainDepthwise(op: AnyConv): boolean {
  return isDepthwise(op) && !hasMultiplier(op);
}

const FILTER_GRAD: readonly KernelRow<"conv_filter_grad">[] = [
  // One input channel and one output a group, neighbouring taps: each input is loaded once for three taps.
  {
    kinds: ["conv_filter_grad"],
    name: "filter_grad_depthwise_3x8",
    layout: null,
    accepts: (op) => op.outChannels >= 8 && goesByThrees(op),
    divides: (op, { inputs }) => divideFilterGrad(op, inputs[1] ?? []),
    build: (op, { x, inputs }, range) => filterGrad(op, x, inputs[1] ?? [], range),
  },
  // One input channel a group: products of vectors, nothing shared between outputs.
  {
    kinds: ["conv_filter_grad"],
    name: "filter_grad_depthwise_4",
    layout: null,
    accepts: (op) => op.groups === op.inChannels,
    divides: (op, { inputs }) => divideFilterGrad(op, inputs[1] ?? []),
    build: (op, { x, inputs }, range) => filterGrad(op, x, inputs[1] ?? [], range),
  },
  // Matrix products. With fused multiply-add tiles are 5×8.
  {
    kinds: ["conv_filter_grad"],
    name: "filter_grad_gemm_4x8",
    layout: null,
    accepts: always,
    divides: (op, { inputs }) => divideFilterGrad(op, inputs[1] ?? []),
    build: (op, { x, inputs }, range) => filterGrad(op, x, inputs[1] ?? [], range),
  },
];

const TRANSPOSE: readonly KernelRow<"transpose">[] = [
  // The innermost axis stays: runs are copied.
  {
    kinds: ["transpose"],
    name: "transpose_runs",
    layout: null,
    accepts: (op, { x }) => keepsRuns(op, x),
    build: (op, { x, output }) => transpose(op, x, output),
  },
  // It moves: two axes are exchanged in register blocks.
  {
    kinds: ["transpose"],
    name: "transpose_4x4",
    layout: null,
    accepts: always,
    build: (op, { x, output }) => transpose(op, x, output),
  },
];

const POOL: readonly KernelRow<"pool">[] = [
  // Windows overlap so far that joining their rows first, a whole row of the input at a time, is less work.
  {
    kinds: ["pool"],
    name: "pool_rows_16",
    layout: null,
    accepts: sharesRows,
    divides: (op, { x, output }) => dividePool(op, x, output),
    build: (op, { x }, range) => pool("rows", op, x, range),
  },
  // Means of many elements, as adaptive pooling has: sums in doubles.
  {
    kinds: ["pool"],
    name: "pool_wide_mean_4",
    layout: null,
    accepts: isWide,
    divides: (op, { x, output }) => dividePool(op, x, output),
    build: (op, { x }, range) => pool("wide", op, x, range),
  },
  {
    kinds: ["pool"],
    name: "pool_windows_16",
    layout: null,
    accepts: always,
    divides: (op, { x, output }) => dividePool(op, x, output),
    build: (op, { x }, range) => pool("direct", op, x, range),
  },
];

const POOL_GRAD: readonly KernelRow<"pool_grad">[] = [
  // Each window's dy goes to one element.
  {
    kinds: ["pool_grad"],
    name: "pool_grad_max_4",
    layout: null,
    accepts: (op) => op.fn === "max",
    build: (op, { output }) => poolGradMax(op, output),
  },
  // Each element gathers from the windows that hold it.
  {
    kinds: ["pool_grad"],
    name: "pool_grad_mean_16",
    layout: null,
    accepts: always,
    build: (op, { x }) => poolGradMean(op, x),
  },
];

const REDUCE: readonly KernelRow<"reduce">[] = [
  {
    kinds: ["reduce"],
    name: "reduce_max_16",
    layout: null,
    accepts: (op) => op.fn === "max",
    divides: (op, { x }) => divideReduce(op, x),
    build: (op, { x }, range) => reduce(op, x, range),
  },
  {
    kinds: ["reduce"],
    name: "reduce_blocks_16",
    layout: null,
    accepts: always,
    divides: (op, { x }) => divideReduce(op, x),
    build: (op, { x }, range) => reduce(op, x, range),
  },
];

const ELEMENTWISE: readonly KernelRow<"elementwise">[] = [
  // Rows of few columns, that an operand is broadcast along or cut from: many of them go through the steps together.
  {
    kinds: ["elementwise"],
    name: "elementwise_packed_4",
    layout: null,
    accepts: (op, { inputs }) => packsRows(op, inputs),
    divides: (op, { inputs }) => divideElementwise(op, inputs),
    build: (op, { inputs }, range) => elementwise(op, inputs, range),
  },
  {
    kinds: ["elementwise"],
    name: "elementwise_steps_4",
    layout: null,
    accepts: always,
    divides: (op, { inputs }) => divideElementwise(op, inputs),
    build: (op, { inputs }, range) => elementwise(op, inputs, range),
  },
];

function only<K extends OpKind>(
  kind: K,
  name: string,
  build: KernelRow<K>["build"],
  divides: KernelRow<K>["divides"] = () => null,
): KernelRow<K> {
  return { kinds: [kind], name, layout: null, accepts: always, divides, build };
}

/** Kinds with a single kernel. */
const OTHERS = [
  row<"separable">({
    kinds: ["separable"],
    name: "separable_stripes",
    layout: "separable",
    accepts: always,
    divides: (op, { x }) => divideSeparable(op, x),
    build: (op, { x }, range) => separable(op, x, range),
  }),
  row(
    only(
      "unary",
      "unary_4",
      (op, _, range) => unary("unary", op.fn, range),
      (_, { x }) => divideUnary(x),
    ),
  ),
  row(
    only(
      "unary_grad",
      "unary_grad_4",
      (op, _, range) => unary("unaryGrad", op.fn, range),
      (_, { x }) => divideUnary(x),
    ),
  ),
  row(
    only(
      "binary",
      "binary_4",
      (op, { x, inputs, output }, range) => binary(op, x, inputs[1] ?? [], output, range),
      (_, { x, inputs, output }) => divideBinary(x, inputs[1] ?? [], output),
    ),
  ),
  row(
    only(
      "softmax",
      "softmax_4",
      (op, { x }, range) => softmax(op, x, range),
      (_, { x }) => divideRows(x),
    ),
  ),
  row(only("sparsemax", "sparsemax_sort", (_, { x }) => sparsemax("sparsemax", x))),
  row(only("sparsemax_grad", "sparsemax_grad_sort", (_, { x }) => sparsemax("sparsemaxGrad", x))),
  row(only("reshape", "copy_runs", (_, { x }) => copyAll(x))),
  row(only("broadcast", "broadcast_runs", (_, { x, output }) => broadcast(x, output))),
  row(only("slice", "slice_runs", (op, { x }) => slice(op, x))),
  row(only("pad", "pad_runs", (op, { x, output }) => pad(op, x, output))),
  row(
    only(
      "resample",
      "resample_16",
      (op, { x }, range) => resample(op, x, range),
      (op, { x }) => divideResample(op, x),
    ),
  ),
  row(only("select", "select_4", (_, { inputs, output }) => select(inputs, output))),
  row(only("gather", "gather_rows", (_, { x, inputs }) => gather(x, inputs[1] ?? []))),
  row(only("gather_grad", "gather_grad_rows", (op, { x, output }) => gatherGrad(op, x, output))),
  row(only("concat", "concat_runs", (op, { inputs, output }) => concat(op, inputs, output))),
];

/** A row for any op: accepts nothing but its kinds. */
function row<K extends OpKind>(typed: KernelRow<K>): KernelRow {
  const isOurs = (op: Op): op is Extract<Op, { kind: K }> => typed.kinds.some((kind) => kind === op.kind);
  return {
    kinds: typed.kinds,
    name: typed.name,
    layout: typed.layout,
    accepts: (op, shapes) => isOurs(op) && typed.accepts(op, shapes),
    divides: (op, shapes) => (isOurs(op) ? (typed.divides?.(op, shapes) ?? null) : null),
    build(op, shapes, range) {
      if (!isOurs(op)) throw new TypeError(`Kernel ${typed.name} does not compute this op. Received: kind=${op.kind}.`);
      return typed.build(op, shapes, range);
    },
  };
}

export const KERNEL_ROWS: readonly KernelRow[] = [
  ...CONV.map(row),
  ...FILTER_GRAD.map(row),
  ...TRANSPOSE.map(row),
  ...POOL.map(row),
  ...POOL_GRAD.map(row),
  ...REDUCE.map(row),
  ...ELEMENTWISE.map(row),
  ...OTHERS,
];

/** The first row that accepts the op. */
export function selectKernel(op: Op, shapes: Shapes): KernelRow {
  const found = KERNEL_ROWS.find((candidate) => candidate.accepts(op, shapes));
  if (found === undefined) throw new RangeError(`No kernel computes this op. Received: kind=${op.kind}.`);
  return found;
}

/** How the weights of an op are packed, whatever its input shape. */
export function layoutOf(op: WeightedOp): Layout {
  if (op.kind === "separable") return "separable";
  if (isDepthwise(op)) return "taps";
  return isDot(op) ? "taps_of_inputs" : "panels_8";
}
