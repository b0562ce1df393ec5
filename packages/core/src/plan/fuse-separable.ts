/**
 * A depthwise convolution and the pointwise one that reads it become one op: of a large image, what lies between them is then computed a few
 * rows at a time and never written to memory whole.
 */
import type { ConvOp, SeparableOp } from "../op/op.ts";
import { sizeOf } from "../op/output-shape.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic, operandsOf, topological } from "../trace/walk.ts";
import type { Supports } from "./fuse.ts";

type OpSource = Extract<TracedTensor["source"], { kind: "op" }>;

/** Equivalent outputs with such pairs joined where at least `from` elements lie between them and `supports` says that the op can be computed. */
export function fuseSeparable(outputs: readonly TracedTensor[], from: number, supports: Supports): TracedTensor[] {
  const order = topological(outputs);
  const reads = new Map<TracedTensor, number>(outputs.map((value) => [value, 1]));
  for (const value of order) for (const x of operandsOf(value)) reads.set(x, (reads.get(x) ?? 0) + 1);
  const done = new Map<TracedTensor, TracedTensor>();
  const rewritten = (value: TracedTensor): TracedTensor => done.get(value) ?? value;
  for (const value of order) {
    const { source } = value;
    if (source.kind !== "op" || isStatic(value)) continue;
    const middle = source.inputs[0];
    const joins = middle && sizeOf(middle.shape) >= from && reads.get(middle) === 1;
    const joined = (joins ? joinedOf(source, middle, supports) : null) ?? source;
    const inputs = joined.inputs.map(rewritten);
    const weights = joined.weights.map(rewritten);
    const same = inputs.every((x, i) => x === source.inputs[i]) && weights.every((w, i) => w === source.weights[i]);
    if (joined !== source || !same)
      done.set(value, new TracedTensor(value.trace, value.shape, { ...joined, inputs, weights }));
  }
  return outputs.map(rewritten);
}

/** The convolution with the one in front of it; null where they are not such a pair. */
function joinedOf(source: OpSource, middle: TracedTensor, supports: Supports): OpSource | null {
  const from = middle.source;
  if (from.kind !== "op" || isStatic(middle)) return null;
  const [depthwise, pointwise] = [from.op, source.op];
  if (depthwise.kind !== "conv" || pointwise.kind !== "conv") return null;
  if (!isDepthwise(depthwise) || depthwise.residual || !isPointwise(pointwise)) return null;
  const op: SeparableOp = { kind: "separable", depthwise, pointwise };
  const inputs = [...from.inputs, ...source.inputs.slice(1)];
  const shapes = inputs.map(({ shape }) => shape);
  if (!supports(op, shapes)) return null;
  const layers = new Set([from.layer, source.layer].filter((name) => name !== ""));
  return { ...source, op, inputs, weights: [...from.weights, ...source.weights], layer: [...layers].join(", ") };
}

function isDepthwise(op: ConvOp): boolean {
  return op.groups === op.inChannels && op.inChannels > 1;
}

function isPointwise(op: ConvOp): boolean {
  const ones = [...op.kernelSize, ...op.strides].every((n) => n === 1);
  return ones && op.groups === 1 && op.padding.every(([before, after]) => before === 0 && after === 0);
}
