/** Ops of `keras.ops` that move, join or sum elements. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { ReduceOp } from "../op/op.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { negative } from "./elementwise.ts";
import { run } from "./run.ts";
import {
  broadcastToShape,
  concatenateAxis,
  concatenateShape,
  expandDimsShape,
  type PadWidth,
  padShape,
  reshapeShape,
  sliceShape,
  squeezeShape,
} from "./shapes.ts";
import { recordable } from "./symbolic.ts";
import { type SymbolicShape, shapeOf, symbolicShapeOf, type Value } from "./value.ts";

export interface ReduceOptions {
  /** One axis or several; negative ones count from the end. All axes where left out. */
  readonly axis?: number | readonly number[] | null;
  readonly keepdims?: boolean;
}

export const sum = recordable("sum", (x: Value, options: ReduceOptions = {}) => reduce("sum", x, options));
export const mean = recordable("mean", (x: Value, options: ReduceOptions = {}) => reduce("mean", x, options));
/** The largest element; equal ones share the gradient. */
export const max = recordable("max", (x: Value, options: ReduceOptions = {}) => reduce("max", x, options));
export const min = recordable("min", (x: Value, options: ReduceOptions = {}) =>
  negative(reduce("max", negative(x), options)),
);

/** Reverses the axes, or reorders them: `y.shape[i] = x.shape[axes[i]]`. */
export const transpose = recordable("transpose", (x: Value, axes?: readonly number[]) => {
  const rank = shapeOf(x).length;
  const perm = axes ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const isPermutation =
    Array.isArray(perm) &&
    perm.length === rank &&
    new Set(perm).size === rank &&
    perm.every((p) => Number.isInteger(p) && p >= 0 && p < rank);
  if (!isPermutation) {
    throw new ValueError(
      `axes must be a permutation of the input's ${rank} axes. Received: axes=${formatValue(perm)}, x.shape=${formatShape(shapeOf(x))}`,
    );
  }
  return run({ kind: "transpose", perm: [...perm] }, [x]);
});

/** The same elements under another shape; one −1 is filled in. */
export const reshape = recordable(
  "reshape",
  (x: Value, newshape: readonly number[]) =>
    run({ kind: "reshape", shape: allKnown(reshapeShape(shapeOf(x), newshape)) }, [x]),
  (x, newshape) => reshapeShape(symbolicShapeOf(x), newshape),
);

export const broadcastTo = recordable(
  "broadcast_to",
  (x: Value, shape: readonly number[]) =>
    run({ kind: "broadcast", shape: [...broadcastToShape(shapeOf(x), shape)] }, [x]),
  (x, shape) => broadcastToShape(symbolicShapeOf(x), shape),
);

/** `x[start : start + shape]` on every axis. */
export const slice = recordable(
  "slice",
  (x: Value, start: readonly number[], shape: readonly number[]) => {
    const size = [...sliceShape(shapeOf(x), start, shape)];
    return run({ kind: "slice", begin: [...start], size }, [x]);
  },
  (x, start, shape) => sliceShape(symbolicShapeOf(x), start, shape),
);

/** `value` around x: `[before, after]` an axis. Source: `keras.ops.pad` in constant mode. */
export const pad = recordable(
  "pad",
  (x: Value, padWidth: PadWidth, { value = 0 }: { readonly value?: number } = {}) => {
    padShape(shapeOf(x), padWidth);
    return run({ kind: "pad", padding: padWidth.map(([before, after]) => [before, after] as const), value }, [x]);
  },
  (x, padWidth, _options?: { readonly value?: number }) => padShape(symbolicShapeOf(x), padWidth),
);

/** A new axis of size 1; a negative one counts from the end of the result. Source: `keras.ops.expand_dims`. */
export const expandDims = recordable(
  "expand_dims",
  (x: Value, axis: number) => run({ kind: "reshape", shape: allKnown(expandDimsShape(shapeOf(x), axis)) }, [x]),
  (x, axis) => expandDimsShape(symbolicShapeOf(x), axis),
);

/** Without the axes of size 1, or without those given. Source: `keras.ops.squeeze`. */
export const squeeze = recordable(
  "squeeze",
  (x: Value, axis?: number | readonly number[] | null) =>
    run({ kind: "reshape", shape: allKnown(squeezeShape(shapeOf(x), axis)) }, [x]),
  (x, axis) => squeezeShape(symbolicShapeOf(x), axis),
);

/** Values of one shape joined along a new axis, the first where left out. Source: `keras.ops.stack`. */
export const stack = recordable(
  "stack",
  (xs: readonly Value[], axis: number = 0) =>
    joined(
      xs.map((x) => expandDims(x, axis)),
      axis,
    ),
  (xs, axis = 0) =>
    concatenateShape(
      shapesOf(xs).map((shape) => expandDimsShape(shape, axis)),
      axis,
    ),
);

/** Values joined along one axis, the first where left out. */
export const concatenate = recordable(
  "concatenate",
  (xs: readonly Value[], axis: number = 0) => joined(xs, axis),
  (xs, axis = 0) => concatenateShape(shapesOf(xs), axis),
);

/** Non-negative, ascending axes. */
export function normalizeAxes(axis: ReduceOptions["axis"], rank: number): number[] {
  const list =
    axis === undefined || axis === null
      ? Array.from({ length: rank }, (_, i) => i)
      : typeof axis === "number"
        ? [axis]
        : axis;
  const axes = Array.isArray(list) ? list.map((a) => (a < 0 ? a + rank : a)) : [Number.NaN];
  if (axes.some((a) => !Number.isInteger(a) || a < 0 || a >= rank) || new Set(axes).size !== axes.length) {
    throw new ValueError(`Axes must be distinct and inside rank ${rank}. Received: axis=${formatValue(axis)}`);
  }
  return axes.sort((a, b) => a - b);
}

function reduce(fn: ReduceOp["fn"], x: Value, options: ReduceOptions) {
  checkArguments(fn, options, ["axis", "keepdims"]);
  const { axis, keepdims = false } = options;
  return run({ kind: "reduce", fn, axes: normalizeAxes(axis, shapeOf(x).length), keepdims }, [x]);
}

function joined(xs: readonly Value[], axis: number) {
  const shape = allKnown(concatenateShape(shapesOf(xs), axis));
  return xs.length === 1
    ? run({ kind: "reshape", shape }, xs)
    : run({ kind: "concat", axis: concatenateAxis(axis, shape.length) }, xs);
}

function shapesOf(xs: readonly Value[]): SymbolicShape[] {
  if (!Array.isArray(xs)) throw new ValueError(`concatenate takes a list of values. Received: xs=${formatValue(xs)}`);
  return xs.map(symbolicShapeOf);
}

/** The shape that a rule made of shapes without unknown sizes. */
function allKnown(shape: SymbolicShape): number[] {
  return shape.map((n) => {
    if (n === null) throw new TypeError("A size is not known.");
    return n;
  });
}
