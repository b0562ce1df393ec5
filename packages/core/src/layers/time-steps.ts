/** Taking sequences apart into steps and joining steps again, `[batch, steps, …]`. Everything behind the steps is one axis meanwhile. */
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";

/** A function that gives step t: `[batch, …]`. */
export function stepsOf(x: Value): (t: number) => Value {
  const [batch = 0, steps = 0, ...rest] = shapeOf(x);
  const flat = ops.reshape(x, [batch, steps, rest.reduce((a, b) => a * b, 1)]);
  return (t) => ops.reshape(ops.slice(flat, [0, t, 0], [batch, 1, shapeOf(flat)[2] ?? 0]), [batch, ...rest]);
}

/** The steps `[batch, …]` in a row: `[batch, steps, …]`. */
export function joinSteps(steps: readonly Value[]): Value {
  const [first] = steps;
  if (!first) throw new TypeError("There are no steps to join.");
  const [batch = 0, ...rest] = shapeOf(first);
  const size = rest.reduce((a, b) => a * b, 1);
  const row = steps.map((x) => ops.reshape(x, [batch, 1, size]));
  return ops.reshape(ops.concatenate(row, 1), [batch, steps.length, ...rest]);
}

/** `fn` of every step at once, with batch and steps as one axis: x `[batch, steps, …]`, `fn` on `[batch·steps, …]`. */
export function onAllSteps(x: Value, fn: (steps: Value) => Value): Value {
  const [batch = 0, steps = 0, ...rest] = shapeOf(x);
  const y = fn(ops.reshape(x, [batch * steps, ...rest]));
  return ops.reshape(y, [batch, steps, ...shapeOf(y).slice(1)]);
}
