/** Weights into the layouts of `select.ts`: the kernel, then the bias (zeros where there is none). */
import { type SeparableOp, type WeightedOp, weightCount } from "@keras-ts/core";
import type { Heap } from "./heap.ts";
import {
  type AnyConv,
  isDepthwise,
  isDot,
  PANEL,
  packedKernelFloats,
  paddedOutputs,
  tapCount,
} from "./kernels/convolution.ts";
import type { KernelModule } from "./wasm.ts";

/** Floats of an op's packed weights, bias included. */
export function packedFloats(op: WeightedOp): number {
  if (op.kind === "separable") return firstFloats(op) + packedFloats(op.pointwise);
  return packedKernelFloats(op) + (isDepthwise(op) || isDot(op) ? op.outChannels : paddedOutputs(op));
}

/** Floats before those of the pointwise convolution, which begin with a cache line. */
export function firstFloats({ depthwise }: SeparableOp): number {
  return 16 * Math.ceil(packedFloats(depthwise) / 16);
}

/** Packs the weights at these addresses, in the order of `weightShapes(op)`, to `to`. */
export function packWeights(
  module: KernelModule,
  heap: Heap,
  op: WeightedOp,
  weights: readonly number[],
  to: number,
): void {
  if (op.kind === "separable") {
    const first = weightCount(op.depthwise);
    packWeights(module, heap, op.depthwise, weights.slice(0, first), to);
    packWeights(module, heap, op.pointwise, weights.slice(first), to + 4 * firstFloats(op));
    return;
  }
  const [kernel, bias = null] = weights;
  if (kernel === undefined) throw new RangeError("A kernel is needed. Received: weights=[].");
  if (isDepthwise(op)) packTaps(module, op, kernel, to);
  else if (isDot(op)) packInputs(module, op, kernel, to);
  else packPanels(module, heap, op, kernel, to);
  packBias(heap, op, bias, to + packedKernelFloats(op) * 4);
}

/** [taps][outChannels]. A transposed kernel has the multiplier before the channels. */
function packTaps(module: KernelModule, op: AnyConv, from: number, to: number): void {
  const multiplier = op.outChannels / op.groups;
  const { groups, outChannels } = op;
  const [perGroup, perOutput] = op.kind === "conv" ? [multiplier, 1] : [1, op.inChannels];
  module.packStrided(from, to, tapCount(op), groups, multiplier, outChannels, perGroup, perOutput);
}

/** [taps][inChannels]. A convolution's kernel has the group behind the channels of a group. */
function packInputs(module: KernelModule, op: AnyConv, from: number, to: number): void {
  const inputs = op.inChannels / op.groups;
  const [perGroup, perInput] = op.kind === "conv" ? [1, op.groups] : [inputs, 1];
  module.packStrided(from, to, tapCount(op), op.groups, inputs, op.inChannels, perGroup, perInput);
}

function packPanels(module: KernelModule, heap: Heap, op: AnyConv, from: number, to: number): void {
  const inputs = op.inChannels / op.groups;
  const outputs = op.outChannels / op.groups;
  const strides =
    op.kind === "conv"
      ? [inputs * op.outChannels, op.outChannels, 1, outputs]
      : [outputs * op.inChannels, 1, op.inChannels, inputs];
  const block = heap.alloc(40);
  heap.i32.set([from, to, tapCount(op), inputs, outputs, op.groups, ...strides], block >>> 2);
  try {
    module.kernels.packPanels(block);
  } finally {
    heap.free(block);
  }
}

/** Group by group, each padded like its panels. */
function packBias(heap: Heap, op: AnyConv, from: number | null, to: number): void {
  const outputs = op.outChannels / op.groups;
  const padded = isDepthwise(op) || isDot(op) ? outputs : Math.ceil(outputs / PANEL) * PANEL;
  heap.f32.fill(0, to >>> 2, (to >>> 2) + padded * op.groups);
  if (from === null) return;
  if (padded === outputs) {
    heap.f32.copyWithin(to >>> 2, from >>> 2, (from >>> 2) + op.outChannels);
    return;
  }
  for (let g = 0; g < op.groups; g++) {
    const source = (from >>> 2) + g * outputs;
    heap.f32.copyWithin((to >>> 2) + g * padded, source, source + outputs);
  }
}
