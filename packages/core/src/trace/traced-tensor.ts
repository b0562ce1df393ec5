/** The symbols a plan is traced with: values of known shape, each remembering the op that makes it. */
import type { Op } from "../op/op.ts";
import { keep, type Tensor } from "../tf.ts";
import type { KerasVariable } from "../variable.ts";

export type TracedSource =
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "variable"; readonly variable: KerasVariable }
  | { readonly kind: "constant"; readonly tensor: Tensor }
  | { readonly kind: "number"; readonly value: number }
  | {
      readonly kind: "op";
      readonly op: Op;
      readonly inputs: readonly TracedTensor[];
      readonly weights: readonly TracedTensor[];
      /** Name of the layer whose call made it, for `plan.explain()`. */
      readonly layer: string;
    };

/** A float32 value inside a trace. Accepted by `ops.*` wherever a tensor is. */
export class TracedTensor {
  readonly shape: number[];
  readonly dtype = "float32";
  readonly source: TracedSource;
  readonly trace: Trace;

  constructor(trace: Trace, shape: readonly number[], source: TracedSource) {
    this.trace = trace;
    this.shape = [...shape];
    this.source = source;
  }

  get rank(): number {
    return this.shape.length;
  }
}

/** One tracing session: variables and constants appear once in it, and the innermost layer's name is known. */
export class Trace {
  readonly #variables = new Map<KerasVariable, TracedTensor>();
  readonly #constants = new Map<Tensor, TracedTensor>();
  readonly #kept: Tensor[] = [];
  readonly #layers: string[] = [];

  input(index: number, shape: readonly number[]): TracedTensor {
    return new TracedTensor(this, shape, { kind: "input", index });
  }

  variable(variable: KerasVariable): TracedTensor {
    let traced = this.#variables.get(variable);
    if (!traced) {
      traced = new TracedTensor(this, variable.shape, { kind: "variable", variable });
      this.#variables.set(variable, traced);
    }
    return traced;
  }

  /** Keeps a reference to the tensor's data of its own until `dispose`: what made it may free it. */
  constant(tensor: Tensor): TracedTensor {
    let traced = this.#constants.get(tensor);
    if (!traced) {
      const own = keep(tensor.clone());
      traced = new TracedTensor(this, tensor.shape, { kind: "constant", tensor: own });
      this.#constants.set(tensor, traced);
      this.#kept.push(own);
    }
    return traced;
  }

  number(value: number): TracedTensor {
    return new TracedTensor(this, [], { kind: "number", value });
  }

  /** Frees what constants keep. */
  dispose(): void {
    for (const tensor of this.#kept.splice(0)) tensor.dispose();
  }

  record(
    op: Op,
    shape: readonly number[],
    inputs: readonly TracedTensor[],
    weights: readonly TracedTensor[],
  ): TracedTensor {
    return new TracedTensor(this, shape, { kind: "op", op, inputs, weights, layer: this.#layers.join("/") });
  }

  /** Runs `fn` with everything it records attributed to the layer of this name. */
  inLayer<T>(name: string, fn: () => T): T {
    this.#layers.push(name);
    try {
      return fn();
    } finally {
      this.#layers.pop();
    }
  }
}
