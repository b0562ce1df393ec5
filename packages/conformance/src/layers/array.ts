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
