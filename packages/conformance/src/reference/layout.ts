/** Ops that move elements without computing: transpose, slice, pad, concat. (Reshape is the same values.) */
import { outputShape, type PadOp, type Shape, sizeOf } from "@keras-ts/core";
import { at, coordinatesOf, indexOf, type Operand } from "./operand.ts";

/** `y[c] = x[source(c)]` for every coordinate of `shape`. */
function gather(x: Operand, shape: Shape, source: (own: number[]) => number[]): Float64Array {
  return Float64Array.from({ length: sizeOf(shape) }, (_, o) =>
    at(x.values, indexOf(source(coordinatesOf(o, shape)), x.shape)),
  );
}

/** `transpose`: `y.shape[i] = x.shape[perm[i]]`. */
export function transpose(x: Operand, perm: readonly number[]): Float64Array {
  return gather(
    x,
    perm.map((p) => at(x.shape, p)),
    (own) => x.shape.map((_, axis) => at(own, perm.indexOf(axis))),
  );
}

/** `slice`: `x[begin : begin + size]`. */
export function slice(x: Operand, begin: readonly number[], size: readonly number[]): Float64Array {
  return gather(x, size, (own) => own.map((c, axis) => c + at(begin, axis)));
}

/** `pad`: `value` wherever x has no element. */
export function pad(op: PadOp, x: Operand): Float64Array {
  const shape = outputShape(op, [x.shape]);
  return Float64Array.from({ length: sizeOf(shape) }, (_, o) => {
    const own = coordinatesOf(o, shape).map((c, axis) => c - (op.padding[axis]?.[0] ?? 0));
    const inside = own.every((c, axis) => c >= 0 && c < at(x.shape, axis));
    return inside ? at(x.values, indexOf(own, x.shape)) : op.value;
  });
}

/** `concat` along `axis`. */
export function concat(parts: readonly Operand[], axis: number): Float64Array {
  const shape = outputShape(
    { kind: "concat", axis },
    parts.map((part) => part.shape),
  );
  const y = new Float64Array(sizeOf(shape));
  let offset = 0;
  for (const part of parts) {
    part.values.forEach((value, i) => {
      const own = coordinatesOf(i, part.shape);
      y[
        indexOf(
          own.map((c, a) => (a === axis ? c + offset : c)),
          shape,
        )
      ] = value;
    });
    offset += at(part.shape, axis);
  }
  return y;
}
