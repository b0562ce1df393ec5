/** How `keras.ops` record on Keras tensors: the call is kept as a node, and its output shape found by probing. */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { recordsSymbols } from "../layers/call-context.ts";
import { autoName } from "../layers/names.ts";
import { KerasTensor, type Operation, recordNode } from "../models/keras-tensor.ts";
import { inScope, type Tensor } from "../tf.ts";
import { tracing } from "../trace/active-trace.ts";
import { Trace, TracedTensor } from "../trace/traced-tensor.ts";
import { formOf } from "./op-forms.ts";
import { resultDtype } from "./result-dtypes.ts";
import type { SymbolicShape, Value } from "./value.ts";

/** What an op returns for these arguments: a symbol where one is among them, else a tensor. */
type ResultOf<A extends readonly unknown[]> = ResultFor<
  Extract<A[number] extends infer X ? (X extends readonly (infer Y)[] ? Y : X) : never, KerasTensor | TracedTensor>
>;
type ResultFor<S> = [S] extends [never]
  ? Tensor
  : [S] extends [KerasTensor]
    ? KerasTensor
    : [S] extends [TracedTensor]
      ? TracedTensor
      : Value;

/** The output shape of a call on symbols, and the refusal of arguments that do not fit. */
type ShapeRule<A extends readonly unknown[]> = (...args: A) => SymbolicShape;

/**
 * Extends an op over Keras tensors, and frees what it computes on the way when it runs on tensors. Without a rule for
 * the output shape it is found by probing, which does for ops that look at each unknown size on its own.
 */
export function recordable<A extends readonly unknown[]>(
  name: string,
  fn: (...args: A) => Value,
  shape?: ShapeRule<A>,
): <B extends A>(...args: B) => ResultOf<B> {
  return <B extends A>(...args: B) =>
    (symbols(args).length > 0 ? recordOperation(name, fn, shape, args) : inScope(() => fn(...args))) as ResultOf<B>;
}

function recordOperation<A extends readonly unknown[]>(
  opName: string,
  fn: (...args: A) => Value,
  shape: ShapeRule<A> | undefined,
  args: A,
): KerasTensor {
  if (args.flat().some((arg) => arg instanceof TracedTensor))
    throw new ValueError("A KerasTensor cannot be used inside a layer's call while it is traced.");
  const form = formOf(opName, args);
  const output = (given: A, name: string) =>
    new KerasTensor(shape?.(...given) ?? inferShape(opName, given, fn), {
      name,
      dtype: form?.dtype ?? resultDtype(opName, given),
      valueDtype: form?.dtype ?? resultDtype(opName, given, (x) => x.valueDtype),
    });
  const unnamed = output(args, opName);
  if (!recordsSymbols()) return unnamed;
  const name = takeName() ?? autoName(form?.className ?? opName);
  const operation: OpUse = {
    name,
    opName,
    inboundNodes: [],
    replay: (given) => fn(...(given as A)),
    symbolicOutputs: (given) => output(given as A, name),
  };
  const result = new KerasTensor(unnamed.shape, { ...unnamed, name });
  recordNode(operation, args, {}, result);
  return result;
}

let nextName: string | null = null;

function takeName(): string | null {
  const name = nextName;
  nextName = null;
  return name;
}

/** Runs one op with the name that its use is to have, as a config says it. */
export function namedUse<T>(name: string, fn: () => T): T {
  nextName = name;
  try {
    return fn();
  } finally {
    nextName = null;
  }
}

/** One use of an op on symbols. */
export interface OpUse extends Operation {
  /** The op's name in `keras.ops`: `add`, `max_pool`. */
  readonly opName: string;
}

export function isOpUse(operation: Operation): operation is OpUse {
  return "opName" in operation;
}

/**
 * The output shape of a call on symbols with unknown sizes. The call is traced twice, with two different numbers in
 * place of each unknown; a size that comes out different is unknown too.
 */
function inferShape<A extends readonly unknown[]>(opName: string, args: A, fn: (...args: A) => Value): SymbolicShape {
  const inputs = symbols(args);
  const call = (values: readonly Value[]): Value => fn(...substitute(args, values));
  const [first, second] = PROBES.map((probe) => tracedShape(inputs, call, probe));
  if (Array.isArray(first) && Array.isArray(second)) return first.map((n, i) => (n === second[i] ? n : null));
  const errors = [first, second].filter((result) => result instanceof Error);
  const other = errors.find((error) => !(error instanceof ValueError || error instanceof RangeError));
  if (other) throw other;
  const detail = withoutProbes(errors.map((error) => error.message));
  const shapes = inputs.map((x) => formatShape(x.shape)).join(", ");
  throw new ValueError(`${opName} cannot be called on symbols of shape ${shapes}.${detail && ` ${detail}`}`);
}

function tracedShape(
  inputs: readonly KerasTensor[],
  call: (values: readonly Value[]) => Value,
  probe: number,
): number[] | Error {
  const trace = new Trace();
  const sizes = inputs.map((x) => x.shape.map((n) => n ?? probe));
  try {
    const output = tracing(trace, () => call(sizes.map((shape, i) => trace.input(i, shape))));
    if (!(output instanceof TracedTensor)) throw new TypeError("An op on symbols did not return a symbol.");
    return output.shape;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  } finally {
    trace.dispose();
  }
}

/** What both probes made an op say, with None for the numbers that follow from a probe; nothing where only one failed. */
function withoutProbes(messages: readonly string[]): string {
  const [first = [], second = []] = messages.map((message) => message.split(/(\d+(?:\.\d+)?(?:e[+-]\d+)?)/));
  const alike = first.length === second.length && first.every((part, i) => i % 2 === 1 || part === second[i]);
  return alike ? first.map((part, i) => (part === second[i] ? part : "None")).join("") : "";
}

// Far apart and longer than any usual window, and divisible by what sizes are usually divided by: 64, 9, 5 and 7.
const PROBES = [40320, 60480] as const;

function symbols(args: readonly unknown[]): KerasTensor[] {
  return args.flatMap((arg) => (arg instanceof KerasTensor ? [arg] : Array.isArray(arg) ? symbols(arg) : []));
}

function substitute<A extends readonly unknown[]>(args: A, values: readonly Value[]): A {
  let next = 0;
  const replace = (arg: unknown): unknown =>
    arg instanceof KerasTensor ? values[next++] : Array.isArray(arg) ? arg.map(replace) : arg;
  return args.map(replace) as readonly unknown[] as A;
}
