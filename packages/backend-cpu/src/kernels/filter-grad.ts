/** Parameter blocks of `conv_filter_grad` (`assembly/filter-grad.ts` has the offsets). */
import type { ConvFilterGradOp, Shape } from "@keras-ts/core";
import { type Axis, axisStrides, flattened, isPointwise, spatialAxes } from "../convolution-geometry.ts";
import { ParameterBlock } from "../parameter-block.ts";
import { appendSpread } from "./convolution.ts";
import type { KernelPlan } from "./kernel-plan.ts";

/** The positions of an axis at which a tap reads inside the input. */
interface Reach {
  readonly first: number;
  readonly count: number;
  readonly inStart: number;
}

export function filterGrad(op: ConvFilterGradOp, x: Shape, dy: Shape): KernelPlan {
  let axes = spatialAxes(op, x, dy);
  let batch = x[0] ?? 0;
  if (isPointwise(axes)) {
    axes = flattened(batch, axes);
    batch = 1;
  }
  const isDepthwise = op.groups === op.inChannels;
  const xStrides = axisStrides(
    axes.map((a) => a.input),
    op.inChannels,
  );
  const yStrides = axisStrides(
    axes.map((a) => a.output),
    op.outChannels,
  );
  const taps = tapTable(axes, xStrides, yStrides);
  const inputs = op.inChannels / op.groups;
  const outputs = op.outChannels / op.groups;
  const block = new ParameterBlock();
  block.int(batch, (xStrides[0] ?? 0) * (axes[0]?.input ?? 1), (yStrides[0] ?? 0) * (axes[0]?.output ?? 1));
  block.int(taps.length / 5);
  const list = block.pointer();
  block.int(op.groups, inputs, outputs, op.outChannels);
  block.int(...xStrides.map((s, i) => s * (axes[i]?.stride ?? 1)), ...yStrides);
  const spread = block.pointer();
  block.int(outputs, (taps.length / 5) * inputs * op.outChannels);
  block.point(list);
  block.int(...taps);
  if (isDepthwise) appendSpread(block, spread, op.outChannels, outputs);
  return { kernel: isDepthwise ? "filterGradDepthwise" : "filterGradDense", block, workspace: 0 };
}

/** {positions d h w, x byte offset, dy byte offset} of every tap; no positions where it never reads inside. */
function tapTable(axes: readonly Axis[], x: readonly number[], dy: readonly number[]): number[] {
  const [depth = [], height = [], width = []] = axes.map((axis) =>
    Array.from({ length: axis.kernel }, (_, j) => reach(axis, j)),
  );
  const words: number[] = [];
  for (const d of depth) {
    for (const h of height) {
      for (const w of width) {
        const reaches = [d, h, w];
        words.push(...reaches.map((r) => r.count));
        words.push(reaches.reduce((sum, r, i) => sum + r.inStart * (x[i] ?? 0), 0));
        words.push(reaches.reduce((sum, r, i) => sum + r.first * (dy[i] ?? 0), 0));
      }
    }
  }
  return words;
}

function reach(axis: Axis, j: number): Reach {
  const shift = j * axis.dilation - axis.before;
  const first = Math.max(0, Math.ceil(-shift / axis.stride));
  const end = Math.min(axis.output, Math.ceil((axis.input - shift) / axis.stride));
  return { first, count: Math.max(0, end - first), inStart: first * axis.stride + shift };
}
