/** Sequences `[batch, steps, …]` for a walk over time: as rows, all samples of the first step, then all of the second. */
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";

/** `[batch, steps, …]` → `[steps·batch, …]`. */
export function timeMajor(x: Value): Value {
  const [batch = 0, steps = 0, ...rest] = shapeOf(x);
  return ops.reshape(swapped(x, batch, steps), [steps * batch, ...rest]);
}

/** `[steps·batch, …]` → `[batch, steps, …]`. */
export function batchMajor(rows: Value, steps: number): Value {
  const [all = 0, ...rest] = shapeOf(rows);
  const batch = all / steps;
  return ops.reshape(swapped(rows, steps, batch), [batch, steps, ...rest]);
}

/** A function that gives the rows of step t: `[batch, …]`. */
export function stepsOf(rows: Value, steps: number): (t: number) => Value {
  const [all = 0, ...rest] = shapeOf(rows);
  const batch = all / steps;
  const none = rest.map(() => 0);
  return (t) => ops.slice(rows, [t * batch, ...none], [batch, ...rest]);
}

/** The first two axes, of sizes a and b, change places; all behind them is one axis meanwhile. */
function swapped(x: Value, a: number, b: number): Value {
  if (a === 1 || b === 1) return x;
  const size = shapeOf(x).reduce((m, n) => m * n, 1) / (a * b);
  return ops.transpose(ops.reshape(x, [a, b, size]), [1, 0, 2]);
}
