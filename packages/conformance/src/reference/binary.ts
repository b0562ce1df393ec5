/** Element-wise functions of two operands, and the choice between two, with NumPy broadcasting. */
import { type BinaryName, outputShape, type Shape, sizeOf } from "@keras-ts/core";
import { at, coordinatesOf, indexOf, type Operand } from "./operand.ts";

/** `binary`: both operands broadcast to one shape. */
export function binary(fn: BinaryName, a: Operand, b: Operand): Float64Array {
  const shape = outputShape({ kind: "binary", fn }, [a.shape, b.shape]);
  const x = broadcast(a, shape);
  const y = broadcast(b, shape);
  return x.map((value, i) => scalar(fn, value, at(y, i)));
}

/** `select`: `condition ≠ 0 ? a : b`, so that NaN chooses a. */
export function select(condition: Operand, a: Operand, b: Operand): Float64Array {
  const shape = outputShape({ kind: "select" }, [condition.shape, a.shape, b.shape]);
  const [x, y] = [broadcast(a, shape), broadcast(b, shape)];
  return broadcast(condition, shape).map((c, i) => (c !== 0 ? at(x, i) : at(y, i)));
}

/** `broadcast`: the operand repeated to `shape`. */
export function broadcast(x: Operand, shape: Shape): Float64Array {
  const missing = shape.length - x.shape.length;
  return Float64Array.from({ length: sizeOf(shape) }, (_, o) => {
    const own = coordinatesOf(o, shape).slice(missing);
    return at(
      x.values,
      indexOf(
        own.map((c, axis) => (x.shape[axis] === 1 ? 0 : c)),
        x.shape,
      ),
    );
  });
}

function scalar(fn: BinaryName, a: number, b: number): number {
  switch (fn) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return a / b;
    case "maximum":
      return Math.max(a, b);
    case "minimum":
      return Math.min(a, b);
    case "greater":
      return a > b ? 1 : 0;
    case "equal":
      return a === b ? 1 : 0;
  }
}
