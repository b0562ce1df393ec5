/** Numbers with a shape, row-major: what suites hold and what the replay compares. */

export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Number of elements of a shape; 1 for a scalar's. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** `[2, 3]`, `[null, 3]`: a shape as messages show it. */
export function showShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((n) => n ?? "null").join(", ")}]`;
}

/** Whether two shapes are equal; `null` in the first stands for any size. */
export function shapeMatches(pattern: readonly (number | null)[], shape: readonly number[]): boolean {
  return pattern.length === shape.length && pattern.every((n, axis) => n === null || n === shape[axis]);
}

/** Multi-index of a row-major position. */
export function indexOf(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis] ?? 1;
    index.unshift(rest % n);
    rest = Math.floor(rest / n);
  }
  return index;
}
