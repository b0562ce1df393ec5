/** Ops of `keras.ops` that move, join or sum elements. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { sizeOf } from "../op/output-shape.ts";
import { run } from "./run.ts";
import { recordable } from "./symbolic.ts";
import { shapeOf, type Value } from "./value.ts";

export interface ReduceOptions {
  /** One axis or several; negative ones count from the end. All axes where left out. */
  readonly axis?: number | readonly number[] | null;
  readonly keepdims?: boolean;
}

export const sum = recordable("sum", (x: Value, options: ReduceOptions = {}) => reduce("sum", x, options));
export const mean = recordable("mean", (x: Value, options: ReduceOptions = {}) => reduce("mean", x, options));

/** Reverses the axes, or reorders them: `y.shape[i] = x.shape[axes[i]]`. */
export const transpose = recordable("transpose", (x: Value, axes?: readonly number[]) => {
  const rank = shapeOf(x).length;
  const perm = axes ? [...axes] : Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (perm.length !== rank || new Set(perm).size !== rank || perm.some((p) => !(p >= 0 && p < rank))) {
    throw new ValueError(
      `axes must be a permutation of the input's ${rank} axes. Received: axes=${formatValue(perm)}, x.shape=${formatShape(shapeOf(x))}`,
    );
  }
  return run({ kind: "transpose", perm }, [x]);
});

/** The same elements under another shape; one −1 is filled in. */
export const reshape = recordable("reshape", (x: Value, newshape: readonly number[]) => {
  const from = shapeOf(x);
  const known = newshape.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const shape = newshape.map((n) => (n === -1 ? sizeOf(from) / known : n));
  if (sizeOf(shape) !== sizeOf(from) || shape.some((n) => !Number.isInteger(n))) {
    throw new ValueError(
      `The total size must be unchanged. Received: x.shape=${formatShape(from)}, newshape=${formatShape(newshape)}`,
    );
  }
  return run({ kind: "reshape", shape }, [x]);
});

export const broadcastTo = recordable("broadcast_to", (x: Value, shape: readonly number[]) =>
  run({ kind: "broadcast", shape }, [x]),
);

/** `x[start : start + shape]` on every axis. */
export const slice = recordable("slice", (x: Value, start: readonly number[], shape: readonly number[]) => {
  const from = shapeOf(x);
  if (
    start.length !== from.length ||
    shape.length !== from.length ||
    from.some((n, i) => !inside(n, start[i], shape[i]))
  ) {
    throw new ValueError(
      `The slice must lie inside x. Received: x.shape=${formatShape(from)}, start=${formatShape(start)}, shape=${formatShape(shape)}`,
    );
  }
  return run({ kind: "slice", begin: [...start], size: [...shape] }, [x]);
});

export const concatenate = recordable("concatenate", (xs: readonly Value[], axis: number = -1) => {
  const first = shapeOf(xs[0] ?? emptyList());
  const at = axis < 0 ? axis + first.length : axis;
  for (const x of xs) {
    const shape = shapeOf(x);
    if (shape.length !== first.length || shape.some((n, i) => i !== at && n !== first[i])) {
      throw new ValueError(
        `concatenate needs equal sizes on all axes but ${at}. Received: shapes=${xs.map((v) => formatShape(shapeOf(v))).join(", ")}, axis=${axis}`,
      );
    }
  }
  return xs.length === 1 ? run({ kind: "reshape", shape: first }, [...xs]) : run({ kind: "concat", axis: at }, xs);
});

/** Non-negative, ascending axes. */
export function normalizeAxes(axis: ReduceOptions["axis"], rank: number): number[] {
  const list =
    axis === undefined || axis === null
      ? Array.from({ length: rank }, (_, i) => i)
      : typeof axis === "number"
        ? [axis]
        : [...axis];
  const axes = list.map((a) => (a < 0 ? a + rank : a));
  if (axes.some((a) => !Number.isInteger(a) || a < 0 || a >= rank) || new Set(axes).size !== axes.length) {
    throw new ValueError(`Axes must be distinct and inside rank ${rank}. Received: axis=${formatValue(axis)}`);
  }
  return axes.sort((a, b) => a - b);
}

function reduce(fn: "sum" | "mean", x: Value, { axis, keepdims = false }: ReduceOptions) {
  return run({ kind: "reduce", fn, axes: normalizeAxes(axis, shapeOf(x).length), keepdims }, [x]);
}

function inside(n: number, start: number | undefined, size: number | undefined): boolean {
  return start !== undefined && size !== undefined && start >= 0 && size >= 0 && start + size <= n;
}

function emptyList(): never {
  throw new ValueError("concatenate needs at least one value. Received: xs=[]");
}
