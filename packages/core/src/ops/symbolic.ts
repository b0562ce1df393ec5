/** How `keras.ops` record on Keras tensors: the call is kept as a node, and its output shape found by probing. */
import { KerasTensor } from "../models/keras-tensor.ts";
import { inScope, type Tensor } from "../tf.ts";
import { Trace, TracedTensor } from "../trace/traced-tensor.ts";
import type { Value } from "./value.ts";

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

/** Extends an op over Keras tensors, and frees what it computes on the way when it runs on tensors. */
export function recordable<A extends readonly unknown[]>(
  name: string,
  fn: (...args: A) => Value,
): <B extends A>(...args: B) => ResultOf<B> {
  return <B extends A>(...args: B) =>
    (symbols(args).length > 0 ? recordOperation(name, fn, args) : inScope(() => fn(...args))) as ResultOf<B>;
}

function recordOperation<A extends readonly unknown[]>(name: string, fn: (...args: A) => Value, args: A): KerasTensor {
  const inputs = symbols(args);
  const call = (values: readonly Value[]): Value => fn(...substitute(args, values));
  return new KerasTensor(inferShape(inputs, call), {
    name,
    history: { operation: { name, layer: null, replay: call }, inputs },
  });
}

/**
 * The output shape of a call on symbols with unknown sizes. The call is traced twice, with two different numbers in
 * place of each unknown; a size that comes out different is unknown too.
 */
export function inferShape(
  inputs: readonly KerasTensor[],
  call: (values: readonly Value[]) => Value,
): (number | null)[] {
  const [first, second] = PROBES.map((probe) => {
    const trace = new Trace();
    const output = call(
      inputs.map((x, i) =>
        trace.input(
          i,
          x.shape.map((n) => n ?? probe),
        ),
      ),
    );
    if (!(output instanceof TracedTensor)) throw new TypeError("An op on symbols did not return a symbol.");
    return output.shape;
  });
  return (first ?? []).map((n, i) => (n === second?.[i] ? n : null));
}

// Two primes far apart, and large enough that no usual window is longer.
const PROBES = [10007, 20011] as const;

function symbols(args: readonly unknown[]): KerasTensor[] {
  return args.flatMap((arg) => (arg instanceof KerasTensor ? [arg] : Array.isArray(arg) ? symbols(arg) : []));
}

function substitute<A extends readonly unknown[]>(args: A, values: readonly Value[]): A {
  let next = 0;
  const replace = (arg: unknown): unknown =>
    arg instanceof KerasTensor ? values[next++] : Array.isArray(arg) ? arg.map(replace) : arg;
  return args.map(replace) as readonly unknown[] as A;
}
