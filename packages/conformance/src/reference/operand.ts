/** The arrays that the reference computes on, and bounds-checked access to them. */
import type { Shape } from "@keras-ts/core";

/** Numbers in row-major order of a shape. */
export interface NumberArray {
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
}

/** The same in float64: what the reference works on. */
export interface Operand {
  readonly shape: Shape;
  readonly values: Float64Array;
}

/** The array in float64. */
export function operandOf({ shape, values }: NumberArray): Operand {
  return { shape, values: Float64Array.from(values) };
}

/** Element `i`; outside the array is an error, never `undefined`. */
export function at(list: ArrayLike<number>, i: number): number {
  const value = list[i];
  if (value === undefined) throw new RangeError(`Index ${i} is outside an array of ${list.length}.`);
  return value;
}

/** The coordinates of element `index` of a shape. */
export function coordinatesOf(index: number, shape: Shape): number[] {
  let rest = index;
  const coordinates = new Array<number>(shape.length);
  for (let i = shape.length - 1; i >= 0; i--) {
    coordinates[i] = rest % at(shape, i);
    rest = Math.floor(rest / at(shape, i));
  }
  return coordinates;
}

/** The index of the element of `shape` at `coordinates`. */
export function indexOf(coordinates: readonly number[], shape: Shape): number {
  let index = 0;
  for (let i = 0; i < shape.length; i++) index = index * at(shape, i) + at(coordinates, i);
  return index;
}
