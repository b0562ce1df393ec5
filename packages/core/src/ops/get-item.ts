/** `x[…]` of Python on values: numbers, slices, new axes and an ellipsis. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { run } from "./run.ts";
import { recordable } from "./symbolic.ts";
import { shapeOf, type Value } from "./value.ts";

/** `start:stop:step`; what is left out or null is as in Python. */
export interface SliceKey {
  readonly start?: number | null;
  readonly stop?: number | null;
  readonly step?: number | null;
}

/** One item of a key: an index (drops its axis), a slice, null for a new axis, "..." for all axes in between. */
export type KeyItem = number | SliceKey | null | "...";

/** `x[key]`: `getItem(x, [{}, { start: 1 }])` is `x[:, 1:]`. Source: `keras.src.ops.numpy.GetItem`. */
export const getItem = recordable("get_item", (x: Value, key: readonly KeyItem[] | KeyItem): Value => {
  const items = expandEllipsis(isItems(key) ? key : [key], shapeOf(x));
  let y = x;
  let axis = 0;
  const shape: number[] = [];
  for (const item of items) {
    if (item === null) {
      shape.push(1);
      continue;
    }
    const size = shapeOf(x)[axis] ?? 0;
    if (typeof item === "number") y = part(y, axis, [index(item, size, x)]);
    else {
      const positions = positionsOf(item as SliceKey, size);
      if (positions.length !== size || item.step === -1) y = part(y, axis, positions);
      shape.push(positions.length);
    }
    axis++;
  }
  return run({ kind: "reshape", shape: [...shape, ...shapeOf(x).slice(axis)] }, [y]);
});

function isItems(key: readonly KeyItem[] | KeyItem): key is readonly KeyItem[] {
  return Array.isArray(key);
}

function expandEllipsis(items: readonly KeyItem[], shape: readonly number[]): (number | SliceKey | null)[] {
  const used = items.filter((item) => item !== null && item !== "...").length;
  if (used > shape.length || items.filter((item) => item === "...").length > 1) {
    throw new ValueError(
      `The key does not fit the value. Received: x.shape=${formatShape(shape)}, key=${formatValue(items)}`,
    );
  }
  return items.flatMap((item): (number | SliceKey | null)[] =>
    item === "..." ? Array.from({ length: shape.length - used }, () => ({})) : [item],
  );
}

function index(item: number, size: number, x: Value): number {
  const at = item < 0 ? item + size : item;
  if (!Number.isInteger(at) || at < 0 || at >= size)
    throw new ValueError(`Index ${item} is outside the axis. Received: x.shape=${formatShape(shapeOf(x))}`);
  return at;
}

/** Python's `slice.indices`. */
function positionsOf({ start, stop, step }: SliceKey, size: number): number[] {
  const by = step ?? 1;
  if (!Number.isInteger(by) || by === 0)
    throw new ValueError(`A slice's step is a whole number, not 0. Received: step=${formatValue(step)}`);
  const clamp = (n: number, lowest: number, highest: number) =>
    Math.min(Math.max(n < 0 ? n + size : n, lowest), highest);
  const from =
    by > 0 ? clamp(start ?? 0, 0, size) : start === null || start === undefined ? size - 1 : clamp(start, -1, size - 1);
  const to =
    by > 0 ? clamp(stop ?? size, 0, size) : stop === null || stop === undefined ? -1 : clamp(stop, -1, size - 1);
  const count = Math.max(0, Math.ceil((to - from) / by));
  return Array.from({ length: count }, (_, i) => from + i * by);
}

/** Some positions of an axis: a run of them is a slice, others are copied one by one. */
function part(y: Value, axis: number, positions: readonly number[]): Value {
  const shape = shapeOf(y);
  const [first = 0] = positions;
  if (positions.every((p, i) => p === first + i)) {
    return run(
      {
        kind: "slice",
        begin: shape.map((_, i) => (i === axis ? first : 0)),
        size: shape.map((n, i) => (i === axis ? positions.length : n)),
      },
      [y],
    );
  }
  return run({ kind: "resample", axis, starts: positions, weights: positions.map(() => [1]) }, [y]);
}
