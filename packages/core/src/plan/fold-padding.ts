/** Zeros that a layer puts around a convolution's input (ZeroPadding before a `valid` convolution) become the convolution's own padding. */
import type { ConvOp, PadOp } from "../op/op.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic, topological } from "../trace/walk.ts";

type OpSource = Extract<TracedTensor["source"], { kind: "op" }>;

/**
 * Equivalent outputs. A padding that something else reads, too, stays for that reader. Not folded: what is not zero,
 * or wider than the kernel reaches, for a window of zeros alone is nothing that `same` ever asks of a kernel.
 */
export function foldPadding(outputs: readonly TracedTensor[]): TracedTensor[] {
  const done = new Map<TracedTensor, TracedTensor>();
  const rewritten = (value: TracedTensor): TracedTensor => done.get(value) ?? value;
  for (const value of topological(outputs)) {
    const { source } = value;
    if (source.kind !== "op" || isStatic(value)) continue;
    const inputs = source.inputs.map(rewritten);
    const weights = source.weights.map(rewritten);
    const folded = withoutPadding({ ...source, inputs, weights });
    const changed = inputs.some((x, i) => x !== source.inputs[i]) || weights.some((w, i) => w !== source.weights[i]);
    if (folded || changed)
      done.set(value, new TracedTensor(value.trace, value.shape, folded ?? { ...source, inputs, weights }));
  }
  return outputs.map(rewritten);
}

/** The convolution on what its padded input was made of; null where this is none. */
function withoutPadding(source: OpSource): OpSource | null {
  const { op } = source;
  const [padded, ...others] = source.inputs;
  if (op.kind !== "conv" || padded?.source.kind !== "op" || padded.source.op.kind !== "pad" || isStatic(padded))
    return null;
  if (padded.source.inputs[0]?.shape.includes(0)) return null;
  const padding = paddingWith(op, padded.source.op);
  return padding && { ...source, op: { ...op, padding }, inputs: [...padded.source.inputs, ...others] };
}

function paddingWith(op: ConvOp, pad: PadOp): ConvOp["padding"] | null {
  const around = pad.padding;
  const isKept = (axis: number) => around[axis]?.every((n) => n === 0) ?? false;
  if (pad.value !== 0 || !isKept(0) || !isKept(around.length - 1)) return null;
  const padding = op.padding.map(([before, after], i) => {
    const [first, last] = around[i + 1] ?? [0, 0];
    return [before + first, after + last] as const;
  });
  const fits = padding.every((pair, i) => {
    const reach = ((op.kernelSize[i] ?? 1) - 1) * (op.dilation[i] ?? 1);
    return pair.every((n) => n <= reach);
  });
  return fits ? padding : null;
}
