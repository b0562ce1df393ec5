/** Sum, mean and maximum over axes. */
import { outputShape, type ReduceOp, sizeOf } from "@keras-ts/core";
import { at, coordinatesOf, indexOf, type Operand } from "./operand.ts";

/** `reduce`; the mean of nothing is NaN, the maximum of nothing −inf. */
export function reduce(op: ReduceOp, x: Operand): Float64Array {
  const kept = outputShape({ ...op, keepdims: true }, [x.shape]);
  const y = new Float64Array(sizeOf(kept)).fill(op.fn === "max" ? Number.NEGATIVE_INFINITY : 0);
  x.values.forEach((value, i) => {
    const own = coordinatesOf(i, x.shape);
    const o = indexOf(
      own.map((c, axis) => (op.axes.includes(axis) ? 0 : c)),
      kept,
    );
    y[o] = op.fn === "max" ? Math.max(at(y, o), value) : at(y, o) + value;
  });
  return op.fn === "mean" ? y.map((sum) => sum / termsOf(op, x)) : y;
}

/** How many elements each result is made of. */
export function termsOf(op: ReduceOp, x: Operand): number {
  return op.axes.reduce((product, axis) => product * at(x.shape, axis), 1);
}
