/** From a trace to a flat list of steps with their buffers: fuse, place in the arena, choose kernels. */
import type { Backend, DeviceBuffer, Executable } from "../backend/backend.ts";
import { stateOf } from "../engine/eager.ts";
import { UnsupportedError } from "../errors.ts";
import { sizeOf } from "../op/output-shape.ts";
import type { TracedTensor } from "../trace/traced-tensor.ts";
import { copyOf, isStatic, operandsOf, topological } from "../trace/walk.ts";
import { type Arena, type Lifetime, placeInArena } from "./arena.ts";
import { fuse, type Supports } from "./fuse.ts";
import { fuseElementwise } from "./fuse-elementwise.ts";
import { fuseSeparable } from "./fuse-separable.ts";
import { shareReductions } from "./share-reductions.ts";
import { type ConstantSlot, type PackedSlot, StaticValues } from "./static-values.ts";

/** Where a step reads an operand: a slot of the arena, or a constant. */
export type Operand = { readonly slot: number } | { readonly constant: ConstantSlot };

/** One dispatch of a plan. */
export interface Step {
  readonly exe: Executable;
  readonly layer: string;
  readonly inputs: readonly Operand[];
  /** Room for the buffers of `inputs` while the step runs: nothing is allocated then. */
  readonly operands: DeviceBuffer[];
  readonly output: number;
  readonly weights: PackedSlot | null;
  /** Weights that depend on the plan's inputs: packed at each run. Null in nearly all steps. */
  readonly dynamicWeights: readonly Operand[] | null;
}

/** What a plan runs, before any buffer is allocated. */
export interface CompiledGraph {
  readonly steps: readonly Step[];
  readonly arena: Arena;
  readonly inputSlots: readonly number[];
  readonly outputSlots: readonly number[];
  readonly statics: StaticValues;
  /** Elements of the scratch buffer that all steps share. */
  readonly workspace: number;
}

/** The fewest ops that this backend computes traced outputs with, each on one axis of time: what streams are made of. */
export function fuseFor(backend: Pick<Backend, "unsupported">, traced: readonly TracedTensor[]): TracedTensor[] {
  const supports = supportsOf(backend);
  return fuseElementwise(fuse(shareReductions(traced), supports), supports);
}

/** As `fuseFor`, with separable convolutions joined where the backend wants them so. */
export function fuseWholeFor(
  backend: Pick<Backend, "unsupported" | "separableFrom">,
  traced: readonly TracedTensor[],
): TracedTensor[] {
  const fused = fuseFor(backend, traced);
  const { separableFrom } = backend;
  return separableFrom === undefined ? fused : fuseSeparable(fused, separableFrom, supportsOf(backend));
}

function supportsOf(backend: Pick<Backend, "unsupported">): Supports {
  return (op, shapes) => backend.unsupported(op, shapes) === null;
}

/** Compiles outputs, as `fuseFor` gives them, for a backend. Holds executables until `releaseGraph`. */
export function compileGraph(
  backend: Backend,
  inputs: readonly TracedTensor[],
  fused: readonly TracedTensor[],
): CompiledGraph {
  const outputs = withOwnOutputs(fused);
  const order = topological(outputs).filter((v) => v.source.kind === "op" && !isStatic(v));
  const values = [...inputs, ...order];
  const arena = placeInArena(lifetimesOf(values, order, outputs, backend));
  const slots = new Map(values.map((value, i) => [value, arena.slotOf[i] ?? 0]));
  const statics = new StaticValues(backend);
  const steps = stepsFor(backend, order, slots, statics);
  return {
    steps,
    arena,
    inputSlots: inputs.map((x) => slots.get(x) ?? 0),
    outputSlots: outputs.map((x) => slots.get(x) ?? 0),
    statics,
    workspace: steps.reduce((most, { exe }) => Math.max(most, exe.workspace), 0),
  };
}

/** When each value is made and last read, counted in steps: `order` has one value a step. */
function lifetimesOf(
  values: readonly TracedTensor[],
  order: readonly TracedTensor[],
  outputs: readonly TracedTensor[],
  backend: Backend,
): Lifetime[] {
  const stepOf = new Map(order.map((value, i) => [value, i]));
  const lastRead = new Map<TracedTensor, number>();
  for (const [i, value] of order.entries()) {
    for (const operand of operandsOf(value)) lastRead.set(operand, i);
  }
  const isOutput = new Set(outputs);
  return values.map((value) => {
    const from = stepOf.get(value) ?? -1;
    return {
      shape: value.shape,
      key: backend.storageKey(value.shape),
      from,
      to: lastRead.get(value) ?? from,
      exclusive: from === -1 || isOutput.has(value),
    };
  });
}

/** One step a value, with its kernel chosen. Where one cannot be prepared, what the others hold is given back, and the error names the layer. */
function stepsFor(
  backend: Backend,
  order: readonly TracedTensor[],
  slots: ReadonlyMap<TracedTensor, number>,
  statics: StaticValues,
): Step[] {
  const { executables } = stateOf(backend);
  const read = (value: TracedTensor): Operand =>
    isStatic(value) ? { constant: statics.constant(value) } : { slot: slots.get(value) ?? 0 };
  const steps: Step[] = [];
  let layer = "";
  try {
    for (const value of order) {
      const { source } = value;
      if (source.kind !== "op") continue;
      layer = source.layer;
      const fixed = source.weights.every(isStatic);
      steps.push({
        exe: executables.acquire(
          source.op,
          source.inputs.map((x) => x.shape),
        ),
        layer,
        inputs: source.inputs.map(read),
        operands: new Array<DeviceBuffer>(source.inputs.length),
        output: slots.get(value) ?? 0,
        weights: source.weights.length > 0 && fixed ? statics.packed(source.op, source.weights) : null,
        dynamicWeights: fixed ? null : source.weights.map(read),
      });
    }
  } catch (error) {
    for (const { exe } of steps) executables.release(exe);
    if (!(error instanceof UnsupportedError) || layer === "") throw error;
    throw new UnsupportedError(`'${layer}': ${error.message}`, { cause: error });
  }
  return steps;
}

/** Gives back what `compileGraph` and the refreshes of its weights hold. */
export function releaseGraph(backend: Backend, graph: CompiledGraph): void {
  const { executables } = stateOf(backend);
  for (const { exe } of graph.steps) executables.release(exe);
  graph.statics.release();
}

/** Bytes of all arena slots. */
export function arenaBytes(arena: Arena): number {
  return arena.slots.reduce((total, slot) => total + 4 * sizeOf(slot.shape), 0);
}

/** An output that is an input or a weight itself, or another output, is copied, so that every output has a buffer of its own. */
export function withOwnOutputs(outputs: readonly TracedTensor[]): TracedTensor[] {
  return outputs.map((value, index) => {
    const isOwn = value.source.kind === "op" && !isStatic(value) && outputs.indexOf(value) === index;
    return isOwn ? value : copyOf(value);
  });
}
