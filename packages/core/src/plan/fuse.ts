/**
 * Rewrites a trace into fewer ops before it is placed in memory: a bias, a factor a channel (an inference-mode
 * BatchNormalization is both), a residual and an activation join the convolution that feeds them, layout changes meet and cancel,
 * and element-wise work moves to the near side of a layout change.
 */
import { type ConvOp, type ConvTransposeOp, type Op, type Shape, type UnaryOp, weightShapes } from "../op/op.ts";
import { outputShape, sizeOf } from "../op/output-shape.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic, operandsOf, topological } from "../trace/walk.ts";
import { foldPadding } from "./fold-padding.ts";

type OpSource = Extract<TracedTensor["source"], { kind: "op" }>;

/** Whether a backend computes an op on inputs of these shapes. */
export type Supports = (op: Op, inputs: readonly Shape[]) => boolean;

/** Equivalent outputs made by fewer ops, `supports` being asked about what not every backend can. */
export function fuse(outputs: readonly TracedTensor[], supports: Supports): TracedTensor[] {
  return new Fuser(foldPadding(outputs), supports).run();
}

class Fuser {
  readonly #outputs: readonly TracedTensor[];
  readonly #supports: Supports;
  /** How often a value is read, outputs of the plan included. Fusing is allowed into values read once. */
  readonly #uses = new Map<TracedTensor, number>();
  readonly #done = new Map<TracedTensor, TracedTensor>();

  constructor(outputs: readonly TracedTensor[], supports: Supports) {
    this.#outputs = outputs;
    this.#supports = supports;
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
    if (source.op.kind === "binary") {
      const [a, b] = source.inputs;
      const fused =
        (a &&
          b &&
          (this.#withStatic(a, b, source, origin) ??
            this.#withStatic(b, a, source, origin) ??
            this.#withResidual(b, a, source, origin) ??
            this.#withResidual(a, b, source, origin))) ??
        null;
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

  /** A sum or product of x with a value that does not depend on the plan's inputs. */
  #withStatic(x: TracedTensor, other: TracedTensor, source: OpSource, origin: TracedTensor): TracedTensor | null {
    const from = opOf(x);
    const { op } = source;
    if (op.kind !== "binary" || !from || !this.#readOnce(x) || isStatic(x) || !isStatic(other)) return null;
    if (from.op.kind === "transpose") return this.#beforeTranspose(x, other, source, origin);
    if ((op.fn !== "add" && op.fn !== "mul") || !isConvolution(from.op) || from.op.activation) return null;
    if (op.fn === "mul" && from.op.residual) return null; // the factor is of the residual, too
    const channels = from.op.outChannels;
    const perChannel = other.shape.at(-1) === channels && sizeOf(other.shape) === channels;
    if (!perChannel || other.shape.length > x.shape.length) return null;
    const folded = op.fn === "add" ? withBias(from, other) : withScale(from, other);
    return folded && emit(origin, { ...folded, layer: from.layer || source.layer });
  }

  /** A sum of a convolution, x, and another value of the same shape. */
  #withResidual(x: TracedTensor, other: TracedTensor, source: OpSource, origin: TracedTensor): TracedTensor | null {
    const from = opOf(x);
    if (source.op.kind !== "binary" || source.op.fn !== "add" || !from || !isConvolution(from.op)) return null;
    if (!this.#readOnce(x) || isStatic(x) || isStatic(other) || from.op.activation || from.op.residual) return null;
    const op = { ...from.op, residual: true };
    const inputs = [...from.inputs, other];
    const shapes = inputs.map(({ shape }) => shape);
    if (x.shape.join() !== other.shape.join() || !this.#supports(op, shapes)) return null;
    return emit(origin, { ...from, op, inputs });
  }

  /** Element-wise work with a static value on the near side of a layout change, where it may meet a convolution. */
  #beforeTranspose(x: TracedTensor, other: TracedTensor, source: OpSource, origin: TracedTensor): TracedTensor | null {
    const from = opOf(x);
    if (from?.op.kind !== "transpose" || other.shape.length > x.shape.length) return null;
    const near = first(from.inputs);
    const { perm } = from.op;
    const widened = [...x.shape.slice(other.shape.length).map(() => 1), ...other.shape];
    if (!this.#readOnce(near) || widened.some((n, i) => n !== 1 && n !== x.shape[i])) return null;
    const back = perm.map((_, axis) => perm.indexOf(axis));
    const moved = derive(derive(other, { kind: "reshape", shape: widened }, []), { kind: "transpose", perm: back }, []);
    const inputs = source.inputs[0] === x ? [near, moved] : [moved, near];
    const inner = this.#make({ ...source, inputs }, new TracedTensor(origin.trace, near.shape, source));
    this.#uses.set(inner, 1);
    return emit(origin, { ...from, inputs: [inner] });
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

function isConvolution(op: Op): op is ConvOp | ConvTransposeOp {
  return op.kind === "conv" || op.kind === "conv_transpose";
}

/** The convolution with one more number a channel added to its sums. */
function withBias(from: OpSource, bias: TracedTensor): OpSource | null {
  const { op, weights } = from;
  const [kernel, old] = weights;
  if (!isConvolution(op) || !kernel) return null;
  const sum = old ? derive(flat(old), { kind: "binary", fn: "add" }, [flat(bias)]) : bias;
  return { ...from, op: { ...op, bias: true }, weights: [kernel, sum] };
}

/** The convolution whose sums are multiplied by one number a channel: kernel and bias are, ahead of time. */
function withScale(from: OpSource, scale: TracedTensor): OpSource | null {
  const { op, weights } = from;
  const [kernel, bias] = weights;
  // A transposed kernel in groups spreads an output channel over several of its axes.
  if (!isConvolution(op) || !kernel || (op.kind === "conv_transpose" && op.groups > 1) || !isStatic(kernel))
    return null;
  const [shape = []] = weightShapes(op);
  const perChannel = op.kind === "conv" ? [op.outChannels] : [op.outChannels, 1];
  const product = { kind: "binary", fn: "mul" } as const;
  const factor = derive(scale, { kind: "reshape", shape: perChannel }, []);
  const scaled = [derive(derive(kernel, { kind: "reshape", shape }, []), product, [factor])];
  if (bias) scaled.push(derive(flat(bias), product, [flat(scale)]));
  return { ...from, weights: scaled };
}

function flat(value: TracedTensor): TracedTensor {
  return derive(value, { kind: "reshape", shape: [sizeOf(value.shape)] }, []);
}

/** A value made of static ones. */
function derive(x: TracedTensor, op: Op, others: readonly TracedTensor[]): TracedTensor {
  const inputs = [x, ...others];
  return x.trace.record(
    op,
    outputShape(
      op,
      inputs.map(({ shape }) => shape),
    ),
    inputs,
    [],
  );
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
