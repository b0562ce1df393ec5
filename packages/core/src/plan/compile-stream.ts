/** Compiles the graph of a stream's calls, with the histories that it reads and writes. */
import type { Backend } from "../backend/backend.ts";
import { stateOf } from "../engine/eager.ts";
import type { TracedTensor } from "../trace/traced-tensor.ts";
import { type CompiledGraph, compileGraph, fuseFor } from "./compile.ts";
import { type History, RingHistory, type RingSlots, SwappedHistory } from "./history.ts";
import { at } from "./run-steps.ts";
import { type StreamGraph, streamGraph } from "./stream-graph.ts";
import { timingsOf } from "./stream-timings.ts";

/** What a stream runs. */
export interface CompiledStream {
  readonly graph: CompiledGraph;
  readonly histories: readonly History[];
  readonly receptiveField: number;
}

/**
 * From the traced inputs and outputs of a plan. What cannot be streamed is found before ops are fused: in calls of one frame the walk of a
 * recurrent layer over time fuses into nothing. Holds executables until
 * `releaseGraph(backend, graph)`. UnsupportedError as `timingsOf`.
 */
export function compileStream(
  backend: Backend,
  inputs: readonly TracedTensor[],
  outputs: readonly TracedTensor[],
  timeAxis: number,
): CompiledStream {
  timingsOf(inputs, outputs, timeAxis);
  const streamed = streamGraph(inputs, fuseFor(backend, outputs), timeAxis, backend.window !== undefined);
  const compiled = compileGraph(backend, streamed.inputs, streamed.outputs);
  const rings: RingSlots[] = [];
  const histories = historiesOf(backend, compiled, streamed, { inputs: inputs.length, outputs: outputs.length }, rings);
  return { graph: inRings(backend, compiled, rings), histories, receptiveField: streamed.receptiveField };
}

/** One a history of the graph, whose inputs and outputs follow those of the plan: as many as `plan` says. */
function historiesOf(
  backend: Backend,
  { inputSlots, outputSlots }: CompiledGraph,
  { histories }: StreamGraph,
  plan: { readonly inputs: number; readonly outputs: number },
  rings: RingSlots[],
): History[] {
  const states = inputSlots.slice(plan.inputs);
  const kept = outputSlots.slice(plan.outputs);
  return histories.map((form) => {
    if (!form.ring) return new SwappedHistory(backend, form, at([states.shift()], 0), at([kept.shift()], 0));
    const [first, second, window] = [...kept.splice(0, 3)];
    const slots = { first: at([first], 0), second: at([second], 0), window: at([window], 0) };
    rings.push(slots);
    return new RingHistory(backend, form, slots);
  });
}

/** The graph with the slots of rings left to them: nothing is allocated for these, and what would join past and present is not run. */
function inRings(backend: Backend, graph: CompiledGraph, rings: readonly RingSlots[]): CompiledGraph {
  const windows = new Set(rings.map(({ window }) => window));
  const given = new Set(rings.flatMap(({ first, second, window }) => [first, second, window]));
  const { executables } = stateOf(backend);
  for (const { exe, output } of graph.steps) if (windows.has(output)) executables.release(exe);
  return {
    ...graph,
    steps: graph.steps.filter(({ output }) => !windows.has(output)),
    arena: {
      ...graph.arena,
      slots: graph.arena.slots.map((slot, i) => (given.has(i) ? { ...slot, shape: [0] } : slot)),
    },
  };
}
