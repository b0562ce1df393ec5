/** Small float64 arrays for the layer references: made from a function of coordinates, nothing clever. */
import { type Shape, sizeOf } from "@keras-ts/core";
import { transpose } from "../reference/layout.ts";
import { at, coordinatesOf, indexOf, type Operand } from "../reference/operand.ts";

/** The array of this shape whose element at `c` is `element(c)`. */
export function arrayOf(shape: Shape, element: (c: readonly number[]) => number): Operand {
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) => element(coordinatesOf(i, shape)));
  return { shape, values };
}

/** Element `c`. */
export function elementOf(x: Operand, c: readonly number[]): number {
  return at(x.values, indexOf(c, x.shape));
}

/** `fn` of every element. */
export function mapped(x: Operand, fn: (v: number) => number): Operand {
  return { shape: x.shape, values: x.values.map(fn) };
}

/** The same values in another shape. */
export function reshaped(x: Operand, shape: Shape): Operand {
  return { shape, values: x.values };
}

/** `y.shape[i] = x.shape[perm[i]]`. */
export function permuted(x: Operand, perm: readonly number[]): Operand {
  return { shape: perm.map((p) => at(x.shape, p)), values: transpose(x, perm) };
}

/** `[…, c, …space]` with channels at `axis` to `[…, …space, c]`. */
export function channelsToEnd(x: Operand, axis: number): Operand {
  const axes = x.shape.map((_, i) => i);
  return permuted(x, [...axes.filter((i) => i !== axis), axis]);
}

/** The reverse. */
export function channelsFromEnd(x: Operand, axis: number): Operand {
  const last = x.shape.length - 1;
  const axes = x.shape.map((_, i) => i).slice(0, -1);
  return permuted(x, [...axes.slice(0, axis), last, ...axes.slice(axis)]);
}

/** All coordinates of a shape, in row-major order. */
export function everyCoordinate(shape: Shape): number[][] {
  return Array.from({ length: sizeOf(shape) }, (_, i) => coordinatesOf(i, shape));
}

/** Operand `i` of a list. */
export function operandAt(list: readonly Operand[], i: number): Operand {
  const operand = list[i];
  if (operand === undefined) throw new RangeError(`There is no operand ${i}. Received: ${list.length} operands.`);
  return operand;
}

/** Step `t` of `[n, t, …]`. */
export function stepAt(x: Operand, t: number): Operand {
  return arrayOf([at(x.shape, 0), ...x.shape.slice(2)], ([n = 0, ...rest]) => elementOf(x, [n, t, ...rest]));
}

/** `[n, …]` a step as `[n, t, …]`. */
export function stacked(steps: readonly Operand[]): Operand {
  const [n = 0, ...rest] = operandAt(steps, 0).shape;
  return arrayOf([n, steps.length, ...rest], ([b = 0, t = 0, ...c]) => elementOf(operandAt(steps, t), [b, ...c]));
}

/** `a` and `b`, of one shape, combined element by element. */
export function joined(a: Operand, b: Operand, combine: (x: number, y: number) => number): Operand {
  return { shape: a.shape, values: a.values.map((v, i) => combine(v, at(b.values, i))) };
}
