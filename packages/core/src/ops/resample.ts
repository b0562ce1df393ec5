/** Ops along the positions of an axis: resizing, repeating, reversing (`keras.ops.image.resize`, `repeat`, `flip`). */
import { standardizeDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import { flipTable, INTERPOLATIONS, type Interpolation, repeatTable, resizeTable } from "../geometry/resize-table.ts";
import type { ResampleOp } from "../op/op.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { run } from "./run.ts";
import { normalizeAxes } from "./shape.ts";
import { recordable } from "./symbolic.ts";
import { shapeOf, type Value } from "./value.ts";

export interface ResizeOptions {
  /** Default bilinear. */
  readonly interpolation?: Interpolation;
  /** Default false. */
  readonly antialias?: boolean;
  /** Default (also null): `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

/** Images of another height and width. x `[h, w, c]` or `[n, h, w, c]` (channels_first: `[…, c, h, w]`). */
export const resize = recordable("resize", (x: Value, size: readonly number[], options: ResizeOptions = {}) => {
  checkArguments("resize", options, ["interpolation", "antialias", "dataFormat"]);
  const { interpolation = "bilinear", antialias = false } = options;
  const shape = shapeOf(x);
  const fits = Array.isArray(size) && size.length === 2 && size.every((n) => Number.isInteger(n) && n > 0);
  if (!fits || (shape.length !== 3 && shape.length !== 4)) {
    throw new ValueError(
      `resize takes images of rank 3 or 4 and a size of two positive integers. Received: x.shape=${formatShape(shape)}, size=${formatValue(size)}`,
    );
  }
  if (!INTERPOLATIONS.includes(interpolation)) {
    throw new ValueError(
      `Invalid \`interpolation\` argument. Expected one of {${INTERPOLATIONS.join(", ")}}. Received: interpolation=${formatValue(interpolation)}`,
    );
  }
  const last = standardizeDataFormat(options.dataFormat) === "channels_last";
  const heightAxis = shape.length - (last ? 3 : 2);
  return size.reduce((y: Value, outputSize, i) => {
    const axis = heightAxis + i;
    const n = shape[axis] ?? 0;
    if (n === outputSize) return y;
    const key = `resize ${axis} ${n} ${outputSize} ${interpolation} ${antialias}`;
    return run(
      resample(key, axis, () => resizeTable(n, outputSize, interpolation, antialias)),
      [y],
    );
  }, x);
});

/** Each element of an axis `repeats` times in a row. Source: `keras.ops.repeat` with a number. */
export const repeat = recordable("repeat", (x: Value, repeats: number, axis: number) => {
  if (!Number.isInteger(repeats) || repeats < 0)
    throw new ValueError(`repeat takes a non-negative integer. Received: repeats=${formatValue(repeats)}`);
  const [at = 0] = normalizeAxes(axis, shapeOf(x).length);
  const n = shapeOf(x)[at] ?? 0;
  return run(
    resample(`repeat ${at} ${n} ${repeats}`, at, () => repeatTable(n, repeats)),
    [x],
  );
});

/** The elements of one axis or several from last to first. Source: `keras.ops.flip`. */
export const flip = recordable("flip", (x: Value, axis: number | readonly number[]) =>
  normalizeAxes(axis, shapeOf(x).length).reduce((y: Value, at) => {
    const n = shapeOf(x)[at] ?? 0;
    return run(
      resample(`flip ${at} ${n}`, at, () => flipTable(n)),
      [y],
    );
  }, x),
);

const OPS_KEPT = 128; // each holds a table of a few numbers a position
const known = new Map<string, ResampleOp>();

/** The op of a table: one object for equal arguments, since what is cached by op reads an op's whole table once an object. */
function resample(key: string, axis: number, table: () => Omit<ResampleOp, "kind" | "axis">): ResampleOp {
  const op = known.get(key) ?? { kind: "resample" as const, axis, ...table() };
  known.delete(key); // to the end: the map's order is that of last use
  known.set(key, op);
  const [oldest] = known.keys();
  if (known.size > OPS_KEPT && oldest !== undefined) known.delete(oldest);
  return op;
}
