/**
 * Element-wise ops that only feed each other become one op: the gates of a recurrent cell, a normalization by statistics, a gated
 * activation. What they read as slices is read in place.
 */
import type { BinaryOp, ElementwiseOp, ElementwiseStep, ElementwiseView, UnaryOp } from "../op/op.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic, operandsOf, topological } from "../trace/walk.ts";
import type { Supports } from "./fuse.ts";

type OpSource = Extract<TracedTensor["source"], { kind: "op" }>;
type StepSource = OpSource & { readonly op: UnaryOp | BinaryOp };

/** Equivalent outputs made by fewer ops. Nothing changes where `supports` knows no `elementwise` op. */
export function fuseElementwise(outputs: readonly TracedTensor[], supports: Supports): TracedTensor[] {
  const order = topological(outputs);
  const groups = groupsOf(order, new Set(outputs), supports);
  const done = new Map<TracedTensor, TracedTensor>();
  const rewritten = (value: TracedTensor): TracedTensor => done.get(value) ?? value;
  for (const value of order) {
    const { source } = value;
    if (source.kind !== "op" || isStatic(value)) continue;
    const joined = joinedOf(groups.get(value) ?? [], rewritten);
    if (joined && isLess(joined.op) && supported(joined, supports)) {
      done.set(value, new TracedTensor(value.trace, value.shape, joined));
      continue;
    }
    const inputs = source.inputs.map(rewritten);
    const weights = source.weights.map(rewritten);
    if (inputs.some((x, i) => x !== source.inputs[i]) || weights.some((w, i) => w !== source.weights[i]))
      done.set(value, new TracedTensor(value.trace, value.shape, { ...source, inputs, weights }));
  }
  return outputs.map(rewritten);
}

/** By the value that leaves it, the values of each group in the order in which they are made. */
function groupsOf(
  order: readonly TracedTensor[],
  outputs: ReadonlySet<TracedTensor>,
  supports: Supports,
): ReadonlyMap<TracedTensor, readonly TracedTensor[]> {
  const readers = new Map<TracedTensor, TracedTensor[]>();
  for (const value of order) {
    for (const operand of operandsOf(value)) {
      const list = readers.get(operand);
      if (list) list.push(value);
      else readers.set(operand, [value]);
    }
  }
  const groups = new Map<TracedTensor, TracedTensor[]>();
  const rootOf = new Map<TracedTensor, TracedTensor>();
  for (const value of order.toReversed()) {
    const source = stepOf(value);
    if (!source) continue;
    const single = joinedOf([value], (x) => x);
    if (!single || !supported(single, supports)) continue;
    // All that reads it lies in one group: so no path leads out of a group and back into it.
    const [root, ...others] = new Set((readers.get(value) ?? []).map((reader) => rootOf.get(reader)));
    const joins =
      root !== undefined && others.length === 0 && !outputs.has(value) && root.shape.join() === value.shape.join();
    rootOf.set(value, joins ? root : value);
    if (joins) groups.get(root)?.push(value);
    else groups.set(value, [value]);
  }
  for (const members of groups.values()) members.reverse();
  return groups;
}

/** The values of a group as one op. */
function joinedOf(
  members: readonly TracedTensor[],
  rewritten: (value: TracedTensor) => TracedTensor,
): (OpSource & { readonly op: ElementwiseOp }) | null {
  const last = members.at(-1);
  const source = last && stepOf(last);
  if (!source) return null;
  const inputs: TracedTensor[] = [];
  const views: ElementwiseView[] = [];
  const numbers = new Map<TracedTensor, number>();
  const inside = new Set(members);
  const operands = new Set(members.flatMap((value) => stepOf(value)?.inputs ?? []));
  for (const operand of operands) {
    if (inside.has(operand)) continue;
    numbers.set(operand, views.length);
    const { from, part } = partOf(operand);
    const input = rewritten(from);
    if (!inputs.includes(input)) inputs.push(input);
    views.push({ input: inputs.indexOf(input), part });
  }
  const steps = members.flatMap((value, i): ElementwiseStep[] => {
    numbers.set(value, views.length + i);
    const step = stepOf(value);
    return step ? [stepFrom(step, numbers)] : [];
  });
  const op = { kind: "elementwise", shape: last.shape, views, steps } as const;
  return { kind: "op", op, inputs, weights: [], layer: source.layer };
}

function stepFrom({ op, inputs }: StepSource, numbers: ReadonlyMap<TracedTensor, number>): ElementwiseStep {
  const [a = -1, b = -1] = inputs.map((x) => numbers.get(x) ?? -1);
  return op.kind === "unary" ? { fn: op.fn, operands: [a] } : { fn: op.fn, operands: [a, b] };
}

/** What a value is a slice of, slices of slices included. */
function partOf(value: TracedTensor): { from: TracedTensor; part: ElementwiseView["part"] } {
  let from = value;
  let begin: readonly number[] | null = null;
  while (from.source.kind === "op" && from.source.op.kind === "slice" && !isStatic(from)) {
    const { op, inputs } = from.source;
    const [x] = inputs;
    if (!x) break;
    begin = op.begin.map((n, i) => n + (begin?.[i] ?? 0));
    from = x;
  }
  return { from, part: begin && { begin, size: value.shape } };
}

/** Less to do than the op on its own: several steps, or a slice that need not be copied. */
function isLess({ steps, views }: ElementwiseOp): boolean {
  return steps.length > 1 || views.some(({ part }) => part !== null);
}

function supported({ op, inputs }: OpSource & { readonly op: ElementwiseOp }, supports: Supports): boolean {
  return supports(
    op,
    inputs.map(({ shape }) => shape),
  );
}

/** Its source where it is element-wise work that depends on the inputs of the plan. */
function stepOf(value: TracedTensor): StepSource | null {
  const { source } = value;
  if (source.kind !== "op" || isStatic(value)) return null;
  const { op } = source;
  return op.kind === "unary" || op.kind === "binary" ? { ...source, op } : null;
}
