/** The output shapes of the ops that join or rearrange sizes, where null is a size that is not known yet (Keras: `compute_output_spec`). */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { SymbolicShape } from "./value.ts";

/** NumPy's broadcasting of two operands. Source: `keras.src.ops.operation_utils.broadcast_shapes`. */
export function broadcastShapes(name: string, a: SymbolicShape, b: SymbolicShape): (number | null)[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = sizeAt(a, i - rank + a.length);
    const n = sizeAt(b, i - rank + b.length);
    if (m === 1 || n === 1) return m === 1 ? n : m;
    if (m !== null && n !== null && m !== n) {
      throw new ValueError(
        `${name}: the shapes ${formatShape(a)} and ${formatShape(b)} cannot be broadcast together, since ${m} and ${n} differ and neither is 1.`,
      );
    }
    return m ?? n;
  });
}

/** Source: `keras.src.ops.operation_utils.compute_reshape_output_shape`. */
export function reshapeShape(from: SymbolicShape, newshape: readonly number[]): (number | null)[] {
  const refuse = (what: string): never => {
    throw new ValueError(
      `${what} Received: x.shape=${formatShape(from)}, newshape=${Array.isArray(newshape) ? formatShape(newshape) : formatValue(newshape)}`,
    );
  };
  if (!isIntegers(newshape, -1))
    return refuse("Each size of `newshape` must be a non-negative integer, or -1 for one that is filled in.");
  const open = newshape.filter((n) => n === -1).length;
  if (open > 1) return refuse("There must be at most one -1 in `newshape`.");
  if (from.includes(null)) return newshape.map((n) => (n === -1 ? null : n));
  const size = product(from);
  const known = product(newshape.filter((n) => n !== -1));
  const fill = size / known;
  if (open === 1 ? !Number.isInteger(fill) : size !== known) return refuse("The total size must be unchanged.");
  return newshape.map((n) => (n === -1 ? fill : n));
}

/** Refuses a shape that x cannot be broadcast to. */
export function broadcastToShape(from: SymbolicShape, shape: readonly number[]): readonly number[] {
  const fits =
    isIntegers(shape, 0) &&
    from.length <= shape.length &&
    from.every((n, i) => n === null || n === 1 || n === shape[i - from.length + shape.length]);
  if (!fits) {
    throw new ValueError(
      `x cannot be broadcast to that shape. Received: x.shape=${formatShape(from)}, shape=${formatValue(shape)}`,
    );
  }
  return shape;
}

/** Refuses a slice that does not lie inside x. */
export function sliceShape(from: SymbolicShape, start: readonly number[], shape: readonly number[]): readonly number[] {
  const inside =
    isIntegers(start, 0) &&
    isIntegers(shape, 0) &&
    start.length === from.length &&
    shape.length === from.length &&
    from.every((n, i) => n === null || (start[i] ?? 0) + (shape[i] ?? 0) <= n);
  if (!inside) {
    throw new ValueError(
      `The slice must lie inside x. Received: x.shape=${formatShape(from)}, start=${formatValue(start)}, shape=${formatValue(shape)}`,
    );
  }
  return shape;
}

/** `[before, after]` an axis. */
export type PadWidth = readonly (readonly [number, number])[];

/** Refuses a padding that has not one pair of non-negative integers an axis. */
export function padShape(from: SymbolicShape, padWidth: PadWidth): (number | null)[] {
  const fits =
    Array.isArray(padWidth) &&
    padWidth.length === from.length &&
    padWidth.every((pair) => isIntegers(pair, 0) && pair.length === 2);
  if (!fits) {
    throw new ValueError(
      `pad needs one pair of non-negative integers an axis. Received: x.shape=${formatShape(from)}, pad_width=${formatValue(padWidth)}`,
    );
  }
  return from.map((n, i) => {
    const [before = 0, after = 0] = padWidth[i] ?? [];
    return n === null ? null : n + before + after;
  });
}

/** Source: `keras.src.ops.operation_utils.compute_expand_dims_output_shape`. */
export function expandDimsShape(from: SymbolicShape, axis: number): (number | null)[] {
  const at = concatenateAxis(axis, from.length + 1);
  return [...from.slice(0, at), 1, ...from.slice(at)];
}

/** Refuses to drop an axis whose size is known and not 1. */
export function squeezeShape(from: SymbolicShape, axis: number | readonly number[] | null = null): (number | null)[] {
  if (axis === null) return from.filter((n) => n !== 1);
  const axes = (typeof axis === "number" ? [axis] : axis).map((a) => concatenateAxis(a, from.length));
  if (axes.some((a) => from[a] !== null && from[a] !== 1)) {
    throw new ValueError(
      `squeeze can only drop axes of size 1. Received: x.shape=${formatShape(from)}, axis=${formatValue(axis)}`,
    );
  }
  return from.filter((_, i) => !axes.includes(i));
}

/** The non-negative axis along which values of this rank are joined. */
export function concatenateAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new ValueError(
      `concatenate: axis must be an integer inside rank ${rank}. Received: axis=${formatValue(axis)}`,
    );
  return axis < 0 ? axis + rank : axis;
}

/** Sizes off the axis are those of the first value, as in Keras. Source: `keras.src.ops.numpy.Concatenate`. */
export function concatenateShape(shapes: readonly SymbolicShape[], axis: number): (number | null)[] {
  const [first] = shapes;
  if (!first) throw new ValueError("concatenate needs at least one value. Received: xs=()");
  const at = concatenateAxis(axis, first.length);
  const fits = (shape: SymbolicShape): boolean =>
    shape.length === first.length &&
    shape.every((n, i) => i === at || n === first[i] || n === null || first[i] === null);
  if (!shapes.every(fits)) {
    throw new ValueError(
      `concatenate needs equal sizes on all axes but ${at}. Received: shapes=${shapes.map(formatShape).join(", ")}, axis=${axis}`,
    );
  }
  return first.map((n, i) => (i === at ? shapes.reduce<number | null>((sum, s) => plus(sum, s[i]), 0) : n));
}

/** `(…, m, k) · (k, n)` or `(b, m, k) · (b, k, n)`. */
export function matmulShape(a: SymbolicShape, b: SymbolicShape): (number | null)[] {
  const fits = (m: number | null | undefined, n: number | null | undefined) => m === n || m === null || n === null;
  const shared = b.length === 2 && a.length >= 2;
  const paired = b.length === 3 && a.length === 3 && fits(a[0], b[0]);
  if (!(shared || paired) || !fits(a.at(-1), b.at(-2))) {
    throw new ValueError(
      `matmul needs shapes (…, m, k) and (k, n), or (b, m, k) and (b, k, n). Received: shapes=${formatShape(a)}, ${formatShape(b)}`,
    );
  }
  return [...a.slice(0, -1), b.at(-1) ?? null];
}

/** Whether it is a list of integers, none below `least`. */
function isIntegers(list: unknown, least: number): list is readonly number[] {
  return Array.isArray(list) && list.every((n) => Number.isInteger(n) && n >= least);
}

function sizeAt(shape: SymbolicShape, i: number): number | null {
  const n = shape[i];
  return n === undefined ? 1 : n;
}

function product(shape: SymbolicShape): number {
  return shape.reduce<number>((total, n) => total * (n ?? 1), 1);
}

function plus(a: number | null, b: number | null | undefined): number | null {
  return a === null || b === null || b === undefined ? null : a + b;
}
