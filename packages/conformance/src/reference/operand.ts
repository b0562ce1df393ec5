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

/** Row-major strides: `[2, 3, 4]` → `[12, 4, 1]`. */
export function stridesOf(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = at(strides, i + 1) * at(shape, i + 1);
  return strides;
}

/** The coordinates of element `index` of a shape. */
export function coordinatesOf(index: number, shape: Shape): number[] {
  let rest = index;
  return stridesOf(shape).map((stride) => {
    const coordinate = Math.floor(rest / stride);
    rest -= coordinate * stride;
    return coordinate;
  });
}

/** The index of the element of `shape` at `coordinates`. */
export function indexOf(coordinates: readonly number[], shape: Shape): number {
  return stridesOf(shape).reduce((sum, stride, i) => sum + stride * at(coordinates, i), 0);
}
