/** Ops that normalisation layers and masks are made of (`keras.ops.var`, `normalize`, `any`, `logical_or`). */
import { rsqrt } from "./activation-ops.ts";
import { clip, maximum, multiply, notEqual, square, subtract } from "./elementwise.ts";
import { max, mean, type ReduceOptions, sum } from "./shape.ts";
import { broadcastShapes } from "./shapes.ts";
import { recordable } from "./symbolic.ts";
import { type SymbolicShape, symbolicShapeOf, type Value } from "./value.ts";

/** Mean of the squared distances from the mean (biased), over all axes or those given. Source: `keras.ops.var`. */
export const variance = recordable("var", (x: Value, { axis = null, keepdims = false }: ReduceOptions = {}) =>
  mean(square(subtract(x, mean(x, { axis, keepdims: true }))), { axis, keepdims }),
);

export interface NormalizeOptions {
  /** One axis or several. Default −1, the last. */
  readonly axis?: number | readonly number[];
  /** What the norm is at least. Default 1e-7. */
  readonly epsilon?: number;
}

/** x / max(‖x‖₂, epsilon) over the axes. Source: `keras.ops.normalize` of order 2. */
export const normalize = recordable(
  "normalize",
  (x: Value, { axis = -1, epsilon = 1e-7 }: NormalizeOptions = {}) =>
    multiply(x, clip(rsqrt(sum(square(x), { axis, keepdims: true })), -1, 1 / epsilon)),
  (x, _options?: NormalizeOptions) => symbolicShapeOf(x),
);

/** 1 where an element differs from 0, over all axes or those given. Source: `keras.ops.any`. */
export const any = recordable("any", (x: Value, { axis = null, keepdims = false }: ReduceOptions = {}) =>
  max(notEqual(x, 0), { axis, keepdims }),
);

/** 1 where either differs from 0: the union of two masks. Source: `keras.ops.logical_or`. */
export const logicalOr = recordable(
  "logical_or",
  (a: Value | number, b: Value | number) => maximum(truth(a), truth(b)),
  (a, b) => broadcastShapes("logical_or", shapeOfOperand(a), shapeOfOperand(b)),
);

function truth(x: Value | number): Value | number {
  return typeof x === "number" ? Number(x !== 0) : notEqual(x, 0);
}

function shapeOfOperand(x: Value | number): SymbolicShape {
  return typeof x === "number" ? [] : symbolicShapeOf(x);
}
