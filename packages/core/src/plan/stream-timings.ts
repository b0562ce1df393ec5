/** How all values of a trace move with time, for streams; refusals name the layer. */
import { UnsupportedError } from "../errors.ts";
import { formatShape } from "../format.ts";
import type { TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic, topological } from "../trace/walk.ts";
import { type Timing, timingOf } from "./time-axis.ts";

type OpSource = Extract<TracedTensor["source"], { kind: "op" }>;

/** Of the values behind `outputs` those that depend on `inputs`, whose `timeAxis` is time. UnsupportedError where an op or output cannot be streamed. */
export function timingsOf(
  inputs: readonly TracedTensor[],
  outputs: readonly TracedTensor[],
  timeAxis: number,
): ReadonlyMap<TracedTensor, Timing> {
  const timings = new Map(inputs.map((x, i) => [x, ofInput(x, i, inputs[0] ?? x, timeAxis)]));
  for (const value of topological(outputs)) {
    const { source } = value;
    if (source.kind === "op" && !isStatic(value)) timings.set(value, ofOp(value, source, timings));
  }
  for (const [i, output] of outputs.entries()) {
    const timing = timings.get(output);
    if (!timing) throw new UnsupportedError(`Output ${i} cannot be streamed: it does not depend on the input.`);
    if (timing.before > 0) throw new UnsupportedError(`Output ${i} cannot be streamed: it is padded along time.`);
  }
  return timings;
}

function ofInput(x: TracedTensor, i: number, first: TracedTensor, axis: number): Timing {
  const frames = x.shape[axis] ?? 0;
  if (frames === 0)
    throw new UnsupportedError(
      `A stream needs at least one frame a call on axis ${axis} of each input. Received: inputShapes[${i}]=${formatShape(x.shape)}`,
    );
  return { axis, frames, before: 0, step: (first.shape[axis] ?? 0) / frames, field: 1 };
}

function ofOp(value: TracedTensor, source: OpSource, timings: ReadonlyMap<TracedTensor, Timing>): Timing {
  const { op, layer, inputs, weights } = source;
  const operands = inputs.map((x) => ({ shape: x.shape, timing: timings.get(x) ?? null }));
  const timing = weights.every(isStatic) ? timingOf(op, operands, value.shape) : "its weights depend on the input";
  if (typeof timing !== "string") return timing;
  throw new UnsupportedError(
    `Layer '${layer}' cannot be streamed: ${timing}. Received: ${op.kind} of ${inputs.map((x) => formatShape(x.shape)).join(" and ")}`,
  );
}
