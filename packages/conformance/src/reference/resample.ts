/** `resample`: `y[…, o, …] = Σ_t weights[o][t] · x[…, starts[o] + t, …]`. */
import { outputShape, type ResampleOp, sizeOf } from "@keras-ts/core";
import { at, coordinatesOf, indexOf, type Operand } from "./operand.ts";

/** Sums of products; no tap gives 0. */
export function resample({ axis, starts, weights }: ResampleOp, x: Operand): Float64Array {
  const shape = outputShape({ kind: "resample", axis, starts, weights }, [x.shape]);
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const own = coordinatesOf(i, shape);
    const o = at(own, axis);
    return (weights[o] ?? []).reduce((sum, weight, t) => {
      const source = own.map((c, a) => (a === axis ? at(starts, o) + t : c));
      return sum + weight * at(x.values, indexOf(source, x.shape));
    }, 0);
  });
}
