/** Pooling and its gradient, window by window over the positions that `PoolAxis` describes. */
import { outputShape, type PoolAxis, type PoolGradOp, type PoolOp, sizeOf } from "@keras-ts/core";
import { largest } from "./largest.ts";
import { at, coordinatesOf, indexOf, type Operand } from "./operand.ts";

/**
 * `pool`: a maximum, −inf of no positions, or the mean `sum / countᵖᵒʷᵉʳ` over the positions inside the input, NaN of none;
 * power 1 is the op, 2 gives the squares of a mean's terms from squares of x.
 */
export function pool(op: PoolOp, x: Operand, power = 1): Float64Array {
  const shape = outputShape(op, [x.shape]);
  return Float64Array.from({ length: sizeOf(shape) }, (_, o) => {
    const window = windowOf(op.axes, coordinatesOf(o, shape), x.shape).map((i) => at(x.values, i));
    if (op.fn === "max") return largest(window);
    return window.reduce((sum, v) => sum + v, 0) / window.length ** power;
  });
}

/**
 * `pool_grad`: every dy goes to the first largest element of its window (the first NaN counts as largest), or in equal
 * parts `dy / countᵖᵒʷᵉʳ` to all; power 1 is the op, 2 gives the squares of its terms from squares of dy.
 */
export function poolGrad(op: PoolGradOp, dy: Operand, x: Operand | undefined, power = 1): Float64Array {
  const shape = outputShape(op, [dy.shape]);
  const dx = new Float64Array(sizeOf(shape));
  dy.values.forEach((upstream, o) => {
    const window = windowOf(op.axes, coordinatesOf(o, dy.shape), shape);
    const chosen = op.fn === "max" ? window.slice(firstLargest(window, x)).slice(0, 1) : window;
    for (const i of chosen) dx[i] = at(dx, i) + upstream / chosen.length ** power;
  });
  return dx;
}

/** The positions along one axis that output `o` covers, cut to an input of length `n`. */
export function reachOf({ step, divisor, reach, before }: PoolAxis, o: number, n: number): number[] {
  const first = Math.max(Math.floor((o * step) / divisor) - before, 0);
  const end = Math.min(Math.floor((o * step + reach) / divisor) - before, n);
  return Array.from({ length: Math.max(end - first, 0) }, (_, i) => first + i);
}

/** The most elements that a window has. */
export function largestWindow(axes: readonly PoolAxis[], space: readonly number[]): number {
  const most = axes.map((axis, i) =>
    largest([0, ...Array.from({ length: axis.outputSize }, (_, o) => reachOf(axis, o, at(space, i)).length)]),
  );
  return most.reduce((a, b) => a * b, 1);
}

/** The most windows that an element lies in. */
export function mostWindows(axes: readonly PoolAxis[], space: readonly number[]): number {
  const most = axes.map((axis, i) => {
    const counts = new Array<number>(at(space, i)).fill(0);
    for (let o = 0; o < axis.outputSize; o++)
      for (const j of reachOf(axis, o, at(space, i))) counts[j] = at(counts, j) + 1;
    return largest([0, ...counts]);
  });
  return most.reduce((a, b) => a * b, 1);
}

/** Indices into `[n, ...in, c]` of the window behind the output at `[n, ...o, c]`, in row-major order. */
function windowOf(axes: readonly PoolAxis[], output: readonly number[], shape: readonly number[]): number[] {
  const batch = at(output, 0);
  const channel = at(output, output.length - 1);
  const spots = axes.reduce<number[][]>(
    (found, axis, a) => {
      const reach = reachOf(axis, at(output, a + 1), at(shape, a + 1));
      return found.flatMap((spot) => reach.map((i) => [...spot, i]));
    },
    [[batch]],
  );
  return spots.map((spot) => indexOf([...spot, channel], shape));
}

function firstLargest(window: readonly number[], x: Operand | undefined): number {
  const values = window.map((i) => at(x?.values ?? [], i));
  const nan = values.findIndex(Number.isNaN);
  return nan >= 0 ? nan : values.indexOf(largest(values));
}
