/**
 * Rewrites a trace into fewer ops before it is placed in memory: a bias and an activation join the convolution that
 * feeds them, layout changes meet and cancel, and element-wise work moves to the near side of a layout change.
 */
import type { UnaryOp } from "../op/op.ts";
import { outputShape, sizeOf } from "../op/output-shape.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic, operandsOf, topological } from "../trace/walk.ts";

type OpSource = Extract<TracedTensor["source"], { kind: "op" }>;

/** Equivalent outputs made by fewer ops. */
export function fuse(outputs: readonly TracedTensor[]): TracedTensor[] {
  return new Fuser(outputs).run();
}

class Fuser {
  readonly #outputs: readonly TracedTensor[];
  /** How often a value is read, outputs of the plan included. Fusing is allowed into values read once. */
  readonly #uses = new Map<TracedTensor, number>();
  readonly #done = new Map<TracedTensor, TracedTensor>();

  constructor(outputs: readonly TracedTensor[]) {
    this.#outputs = outputs;
    for (const value of topological(outputs)) {
      for (const operand of operandsOf(value)) this.#uses.set(operand, (this.#uses.get(operand) ?? 0) + 1);
    }
    for (const value of outputs) this.#uses.set(value, (this.#uses.get(value) ?? 0) + 1);
  }

  run(): TracedTensor[] {
    for (const value of topological(this.#outputs)) {
      const { source } = value;
      if (source.kind !== "op") {
        this.#done.set(value, value);
        continue;
      }
      const made = this.#make(
        {
          ...source,
          inputs: source.inputs.map((x) => this.#rewritten(x)),
          weights: source.weights.map((x) => this.#rewritten(x)),
        },
        value,
      );
      // An op that vanished (`made` was there before) leaves its readers to what it stood for.
      const readers = this.#uses.get(value) ?? 0;
      const before = this.#uses.get(made);
      this.#uses.set(made, before === undefined ? readers : before + readers - 1);
      this.#done.set(value, made);
    }
    return this.#outputs.map((x) => this.#rewritten(x));
  }

  /** The op with its neighbours taken in, as one value. */
  #make(source: OpSource, origin: TracedTensor): TracedTensor {
    const [x] = source.inputs;
    const from = x && opOf(x);
    if (x && from && this.#readOnce(x)) {
      const { op } = source;
      if (op.kind === "unary") return this.#unaryAfter(source, op, x, from, origin);
      if (op.kind === "transpose" && from.op.kind === "transpose") {
        const inner = from.op.perm;
        return this.#transposed(
          source,
          op.perm.map((p) => inner[p] ?? 0),
          first(from.inputs),
          origin,
        );
      }
      if (op.kind === "reshape" && from.op.kind === "reshape") return emit(origin, { ...source, inputs: from.inputs });
    }
    if (source.op.kind === "binary" && source.op.fn === "add") {
      const [a, b] = source.inputs;
      const fused = (a && b && (this.#withBias(a, b, source, origin) ?? this.#withBias(b, a, source, origin))) ?? null;
      if (fused) return fused;
    }
    if (source.op.kind === "transpose" && x) return this.#transposed(source, source.op.perm, x, origin);
    return emit(origin, source);
  }

  #unaryAfter(source: OpSource, op: UnaryOp, x: TracedTensor, from: OpSource, origin: TracedTensor): TracedTensor {
    if ((from.op.kind === "conv" || from.op.kind === "conv_transpose") && from.op.activation === null) {
      return emit(origin, { ...from, op: { ...from.op, activation: op.fn } });
    }
    if (from.op.kind === "transpose" || from.op.kind === "reshape") {
      const near = first(from.inputs);
      if (!this.#readOnce(near)) return emit(origin, source);
      const inner = this.#make({ ...source, inputs: [near] }, new TracedTensor(origin.trace, near.shape, source));
      this.#uses.set(inner, 1);
      return emit(origin, { ...from, inputs: [inner] });
    }
    return emit(origin, { ...source, inputs: [x] });
  }

  /** conv + bias, when the other operand is one number a channel that does not depend on the plan's inputs. */
  #withBias(conv: TracedTensor, bias: TracedTensor, source: OpSource, origin: TracedTensor): TracedTensor | null {
    const from = opOf(conv);
    if (!from || !this.#readOnce(conv) || !isStatic(bias)) return null;
    const { op } = from;
    if ((op.kind !== "conv" && op.kind !== "conv_transpose") || op.bias || op.activation) return null;
    const perChannel = bias.shape.at(-1) === op.outChannels && sizeOf(bias.shape) === op.outChannels;
    if (!perChannel || source.inputs.length !== 2 || bias.shape.length > conv.shape.length) return null;
    return emit(origin, {
      ...from,
      op: { ...op, bias: true },
      weights: [...from.weights, bias],
      layer: from.layer || source.layer,
    });
  }

  #transposed(source: OpSource, perm: readonly number[], x: TracedTensor, origin: TracedTensor): TracedTensor {
    if (perm.every((p, i) => p === i)) return x;
    return emit(origin, { ...source, op: { kind: "transpose", perm }, inputs: [x] });
  }

  #rewritten(value: TracedTensor): TracedTensor {
    return this.#done.get(value) ?? value;
  }

  #readOnce(value: TracedTensor): boolean {
    return (this.#uses.get(value) ?? 0) <= 1;
  }
}

function opOf(value: TracedTensor): OpSource | null {
  return value.source.kind === "op" ? value.source : null;
}

function emit(origin: TracedTensor, source: OpSource): TracedTensor {
  const shape = outputShape(
    source.op,
    source.inputs.map((x) => x.shape),
  );
  return new TracedTensor(origin.trace, shape, source);
}

function first<T>(list: readonly T[]): T {
  const [item] = list;
  if (item === undefined) throw new TypeError("An op without operands.");
  return item;
}
