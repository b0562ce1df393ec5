/** Runs the steps of a compiled graph on buffers. Allocates nothing where no weight depends on an input. */
import type { Backend, DeviceBuffer } from "../backend/backend.ts";
import type { Operand, Step } from "./compile.ts";

/** The buffers of a graph, by slot. */
export type Buffers = readonly (DeviceBuffer | undefined)[];

/** Dispatches one step after another. What they read must be there: the inputs written, the weights refreshed. */
export function runSteps(
  backend: Backend,
  steps: readonly Step[],
  buffers: Buffers,
  workspace: DeviceBuffer | null,
): void {
  for (let s = 0; s < steps.length; s++) {
    const step = at(steps, s);
    const { operands, inputs } = step;
    for (let i = 0; i < inputs.length; i++) operands[i] = resolve(at(inputs, i), buffers);
    const output = at(buffers, step.output);
    if (step.dynamicWeights) runWithDynamicWeights(backend, step, step.dynamicWeights, buffers, workspace);
    else backend.dispatch(step.exe, step.weights?.packed ?? null, operands, output, workspace);
  }
}

function runWithDynamicWeights(
  backend: Backend,
  step: Step,
  weights: readonly Operand[],
  buffers: Buffers,
  workspace: DeviceBuffer | null,
): void {
  const packed = backend.pack(
    step.exe.op,
    weights.map((w) => resolve(w, buffers)),
  );
  try {
    backend.dispatch(step.exe, packed, step.operands, at(buffers, step.output), workspace);
  } finally {
    backend.release(packed);
  }
}

function resolve(operand: Operand, buffers: Buffers): DeviceBuffer {
  if ("slot" in operand) return at(buffers, operand.slot);
  if (!operand.constant.buffer) throw new TypeError("An operand of the plan was freed.");
  return operand.constant.buffer;
}

/** The item of a list that must have one there. */
export function at<T>(list: readonly (T | undefined)[], i: number): T {
  const item = list[i];
  if (item === undefined) throw new RangeError(`No item ${i} among ${list.length}.`);
  return item;
}
