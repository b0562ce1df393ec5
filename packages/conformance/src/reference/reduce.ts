/** Sum and mean over axes. */
import { outputShape, type ReduceOp, sizeOf } from "@keras-ts/core";
import { at, coordinatesOf, indexOf, type Operand } from "./operand.ts";

/** `reduce`; the mean of nothing is NaN. */
export function reduce(op: ReduceOp, x: Operand): Float64Array {
  const kept = outputShape({ ...op, keepdims: true }, [x.shape]);
  const y = new Float64Array(sizeOf(kept));
  x.values.forEach((value, i) => {
    const own = coordinatesOf(i, x.shape);
    const o = indexOf(
      own.map((c, axis) => (op.axes.includes(axis) ? 0 : c)),
      kept,
    );
    y[o] = at(y, o) + value;
  });
  return op.fn === "sum" ? y : y.map((sum) => sum / termsOf(op, x));
}

/** How many elements each sum has. */
export function termsOf(op: ReduceOp, x: Operand): number {
  return op.axes.reduce((product, axis) => product * at(x.shape, axis), 1);
}
