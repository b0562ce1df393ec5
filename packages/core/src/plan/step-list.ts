/**
 * The steps of a compiled graph as its backend runs them: those in a row that depend on no weight made on the way are recorded once as a
 * sequence, where the backend has sequences, and recorded again when weights were packed again.
 */
import type { Backend, DeviceBuffer, Sequence } from "../backend/backend.ts";
import type { CompiledGraph, Operand, Step } from "./compile.ts";
import { at, type Buffers, runSteps } from "./run-steps.ts";
import type { ConstantSlot } from "./static-values.ts";

/** Some steps in a row. */
interface Stretch {
  readonly steps: readonly Step[];
  /** Null where they are dispatched one by one. */
  readonly sequence: Sequence | null;
}

export class StepList {
  readonly #backend: Backend;
  readonly #graph: CompiledGraph;
  #stretches: Stretch[] = [];
  /** The packing of weights that was recorded. */
  #round = 0;
  /** The buffers of the slots, then those of constants: what sequences run on. */
  readonly #operands: (DeviceBuffer | undefined)[] = [];

  constructor(backend: Backend, graph: CompiledGraph) {
    this.#backend = backend;
    this.#graph = graph;
  }

  /** Runs all of them. Inputs are written and weights refreshed before. Allocates nothing where no weight depends on an input. */
  run(buffers: Buffers, workspace: DeviceBuffer | null): void {
    const backend = this.#backend;
    if (!backend.runSequence) {
      runSteps(backend, this.#graph.steps, buffers, workspace);
      return;
    }
    if (this.#round !== this.#graph.statics.rounds) this.#record();
    const operands = this.#operands;
    for (let i = 0; i < buffers.length; i++) operands[i] = buffers[i];
    for (let i = 0; i < this.#stretches.length; i++) {
      const { steps, sequence } = at(this.#stretches, i);
      if (sequence) backend.runSequence(sequence, operands, workspace);
      else runSteps(backend, steps, buffers, workspace);
    }
  }

  /** Frees what was recorded; the next run records again. */
  release(): void {
    for (const { sequence } of this.#stretches.splice(0)) if (sequence) this.#backend.release(sequence);
    this.#round = 0;
  }

  #record(): void {
    this.release();
    const { steps, arena, statics } = this.#graph;
    this.#operands.length = 0;
    this.#operands.push(...arena.slots.map(() => undefined));
    const constants = new Map<ConstantSlot, number>();
    for (const stretch of stretchesOf(steps)) {
      const sequence = stretch.length > 1 && !stretch[0]?.dynamicWeights ? this.#recorded(stretch, constants) : null;
      this.#stretches.push({ steps: stretch, sequence });
    }
    this.#round = statics.rounds;
  }

  #recorded(steps: readonly Step[], constants: Map<ConstantSlot, number>): Sequence | null {
    const operands = this.#operands;
    const place = (operand: Operand): number => {
      if ("slot" in operand) return operand.slot;
      const { constant } = operand;
      const known = constants.get(constant);
      if (known !== undefined) return known;
      if (!constant.buffer) throw new TypeError("An operand of the plan was freed.");
      constants.set(constant, operands.length);
      return operands.push(constant.buffer) - 1;
    };
    const calls = steps.map(({ exe, weights, inputs, output }) => ({
      exe,
      packed: weights?.packed ?? null,
      inputs: inputs.map(place),
      output,
    }));
    return this.#backend.sequence?.(calls) ?? null;
  }
}

/** Each step whose weights depend on an input by itself, the others together. */
function stretchesOf(steps: readonly Step[]): Step[][] {
  const stretches: Step[][] = [];
  for (const step of steps) {
    const last = stretches.at(-1);
    if (last && !step.dynamicWeights && !last[0]?.dynamicWeights) last.push(step);
    else stretches.push([step]);
  }
  return stretches;
}
