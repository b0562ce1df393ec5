/** The symbol that models are composed with (Keras: `KerasTensor`): a shape with unknown sizes, and where it comes from. */
import type { Value } from "../ops/value.ts";
import { flatten, type Nested } from "../structure.ts";

/** What can be called on symbols: a layer, or one use of an op. */
export interface Operation {
  readonly name: string;
  /** Every call on symbols, in order. */
  readonly inboundNodes: Node[];
  /** Repeats a call on values: tensors, or the symbols of a trace. */
  replay(args: readonly unknown[], kwargs: CallArguments): Nested<Value>;
  /** The symbols that a call on symbols makes, without recording it. */
  symbolicOutputs(args: readonly unknown[], kwargs: CallArguments): Nested<KerasTensor>;
}

/** Arguments by name; those that hold symbols are nested like any others. */
export type CallArguments = object;

/** One call recorded while composing. Source: `keras.src.ops.node.Node`. */
export class Node {
  readonly operation: Operation;
  readonly args: readonly unknown[];
  readonly kwargs: CallArguments;
  /** The symbols among the arguments, in order. */
  readonly inputs: readonly KerasTensor[];
  readonly outputs: readonly KerasTensor[];

  constructor(operation: Operation, args: readonly unknown[], kwargs: CallArguments, outputs: readonly KerasTensor[]) {
    this.operation = operation;
    this.args = args;
    this.kwargs = kwargs;
    this.inputs = symbolsIn([args, kwargs]);
    this.outputs = outputs;
  }

  /** Whether it stands for an `Input`. */
  get isInput(): boolean {
    return this.inputs.length === 0;
  }

  /** The arguments with each symbol replaced. */
  fillIn(replacementOf: (symbol: KerasTensor) => unknown): { args: unknown[]; kwargs: Record<string, unknown> } {
    return {
      args: this.args.map((arg) => substitute(arg, replacementOf)),
      kwargs: Object.fromEntries(
        Object.entries(this.kwargs).map(([key, arg]) => [key, substitute(arg, replacementOf)]),
      ),
    };
  }
}

/** Records a call: the operation lists it, and the outputs know where they come from. */
export function recordNode(
  operation: Operation,
  args: readonly unknown[],
  kwargs: CallArguments,
  outputs: Nested<KerasTensor>,
): void {
  const node = new Node(operation, args, kwargs, flatten(outputs));
  operation.inboundNodes.push(node);
  for (const [tensorIndex, output] of node.outputs.entries()) output.history = { operation, node, tensorIndex };
}

/** Where a symbol comes from. */
export interface KerasHistory {
  readonly operation: Operation;
  readonly node: Node;
  readonly tensorIndex: number;
}

/** A value that is not there yet: what `keras.Input` returns, and what layers return when called on one. */
export class KerasTensor {
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
  /** What Keras's values would be. It differs from `dtype` after layers whose symbols say float32 though they hand integers on. */
  readonly valueDtype: string;
  readonly name: string;
  /** Null for a symbol that was made for its shape only. */
  history: KerasHistory | null = null;

  constructor(shape: readonly (number | null)[], options: { dtype?: string; valueDtype?: string; name: string }) {
    this.shape = [...shape];
    this.dtype = options.dtype ?? "float32";
    this.valueDtype = options.valueDtype ?? this.dtype;
    this.name = options.name;
  }

  get rank(): number {
    return this.shape.length;
  }
}

/** The symbols anywhere inside arguments. */
export function symbolsIn(value: unknown): KerasTensor[] {
  if (value instanceof KerasTensor) return [value];
  if (Array.isArray(value)) return value.flatMap(symbolsIn);
  return isPlain(value) ? Object.values(value).flatMap(symbolsIn) : [];
}

function substitute(value: unknown, replacementOf: (symbol: KerasTensor) => unknown): unknown {
  if (value instanceof KerasTensor) return replacementOf(value);
  if (Array.isArray(value)) return value.map((item) => substitute(item, replacementOf));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, replacementOf)]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
