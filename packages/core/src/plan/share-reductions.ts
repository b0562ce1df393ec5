/** Reductions of one value that are asked for twice, as the mean is by a variance and by what it centres, are made once. */
import { opKey } from "../engine/executables.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic, topological } from "../trace/walk.ts";

/** Equivalent outputs. Other ops stay apart: a value that is read once may join its reader. */
export function shareReductions(outputs: readonly TracedTensor[]): TracedTensor[] {
  const done = new Map<TracedTensor, TracedTensor>();
  const rewritten = (value: TracedTensor): TracedTensor => done.get(value) ?? value;
  const known = new Map<TracedTensor, Map<string, TracedTensor>>();
  for (const value of topological(outputs)) {
    const { source } = value;
    if (source.kind !== "op" || isStatic(value)) continue;
    const inputs = source.inputs.map(rewritten);
    const weights = source.weights.map(rewritten);
    const same = inputs.every((x, i) => x === source.inputs[i]) && weights.every((w, i) => w === source.weights[i]);
    const made = same ? value : new TracedTensor(value.trace, value.shape, { ...source, inputs, weights });
    const [x] = inputs;
    if (source.op.kind !== "reduce" || !x) {
      if (!same) done.set(value, made);
      continue;
    }
    const reductions = known.get(x) ?? new Map<string, TracedTensor>();
    known.set(x, reductions);
    const key = opKey(source.op);
    const first = reductions.get(key) ?? made;
    reductions.set(key, first);
    if (first !== value) done.set(value, first);
  }
  return outputs.map(rewritten);
}
