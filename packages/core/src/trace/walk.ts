/** Walking a trace from its outputs back to where the values come from. */
import { TracedTensor } from "./traced-tensor.ts";

/** Whether a value depends on no input of the plan, so that it can be computed ahead. */
export function isStatic(value: TracedTensor): boolean {
  const known = statics.get(value);
  if (known !== undefined) return known;
  const { source } = value;
  const answer = source.kind === "op" ? operandsOf(value).every(isStatic) : source.kind !== "input";
  statics.set(value, answer);
  return answer;
}

const statics = new WeakMap<TracedTensor, boolean>();

/** Every value behind `outputs`, operands before their readers. Iterative: models may be thousands of layers deep. */
export function topological(outputs: readonly TracedTensor[]): TracedTensor[] {
  const order: TracedTensor[] = [];
  const seen = new Set<TracedTensor>();
  const stack: { value: TracedTensor; ready: boolean }[] = [...outputs]
    .reverse()
    .map((value) => ({ value, ready: false }));
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (top.ready) {
      order.push(top.value);
      continue;
    }
    if (seen.has(top.value)) continue;
    seen.add(top.value);
    stack.push({ value: top.value, ready: true });
    for (const value of operandsOf(top.value).reverse()) if (!seen.has(value)) stack.push({ value, ready: false });
  }
  return order;
}

/** Data operands, then weights. */
export function operandsOf({ source }: TracedTensor): TracedTensor[] {
  return source.kind === "op" ? [...source.inputs, ...source.weights] : [];
}

/** The same values as an op of the plan, also where they are static: for outputs that must have a buffer of their own. */
export function copyOf(value: TracedTensor): TracedTensor {
  const source = {
    kind: "op",
    op: { kind: "reshape", shape: value.shape },
    inputs: [value],
    weights: [],
    layer: "",
  } as const;
  const copy = new TracedTensor(value.trace, value.shape, source);
  statics.set(copy, false);
  return copy;
}
