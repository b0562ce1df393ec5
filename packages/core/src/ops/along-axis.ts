/** Functions that look along an axis. Source: `keras.src.nn`, `keras.src.activations.activations`. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { sigmoid } from "./activation-ops.ts";
import { multiply } from "./elementwise.ts";
import { run } from "./run.ts";
import { reshape, slice, transpose } from "./shape.ts";
import { recordable } from "./symbolic.ts";
import { shapeOf, type Value } from "./value.ts";

export interface AxisOptions {
  /** Default −1, the last. */
  readonly axis?: number;
}

export interface AxesOptions {
  /** Default −1, the last; a list is taken as one axis. */
  readonly axis?: number | readonly number[];
}

/** eˣ / Σeˣ along the axis. */
export const softmax = recordable("softmax", (x: Value, options: AxesOptions = {}) =>
  alongLast(x, axisOf(options), (h) => run({ kind: "softmax", log: false }, [h])),
);

/** The logarithm of softmax. */
export const logSoftmax = recordable("log_softmax", (x: Value, options: AxesOptions = {}) =>
  alongLast(x, axisOf(options), (h) => run({ kind: "softmax", log: true }, [h])),
);

/** Keras 3.15's sparsemax, which differs from that of the paper where more than one element is kept. */
export const sparsemax = recordable("sparsemax", (x: Value, options: AxisOptions = {}) =>
  alongLast(x, axisOf(options), (h) => run({ kind: "sparsemax" }, [h])),
);

/** a·sigmoid(b), where a and b are the halves of x along the axis. */
export const glu = recordable("glu", (x: Value, options: AxisOptions = {}) =>
  alongLast(x, axisOf(options), (h) => {
    const shape = shapeOf(h);
    const size = shape.at(-1) ?? 0;
    if (size % 2 !== 0)
      throw new ValueError(
        `glu: the axis size must be divisible by 2. Received: x.shape=${formatShape(shapeOf(x))}, axis=${formatValue(axisOf(options))}`,
      );
    const half = [...shape.slice(0, -1), size / 2];
    const start = shape.map(() => 0);
    const gate = slice(h, [...start.slice(0, -1), size / 2], half);
    return multiply(slice(h, start, half), sigmoid(gate));
  }),
);

function axisOf(options: AxesOptions): number | readonly number[] {
  checkArguments("softmax and its like", options, ["axis"]);
  return options.axis ?? -1;
}

/** Runs `fn` with the axes joined into one last axis, and puts the result back. */
function alongLast(x: Value, axis: number | readonly number[], fn: (h: Value) => Value): Value {
  const shape = shapeOf(x);
  const rank = shape.length;
  const axes = (typeof axis === "number" ? [axis] : [...axis]).map((a) => (a < 0 ? a + rank : a));
  if (
    axes.length === 0 ||
    axes.some((a) => !Number.isInteger(a) || a < 0 || a >= rank) ||
    new Set(axes).size !== axes.length
  ) {
    throw new ValueError(
      `axis is out of bounds for an array of dimension ${rank}. Received: axis=${formatValue(axis)}, x.shape=${formatShape(shape)}`,
    );
  }
  if (axes.length === 1 && axes[0] === rank - 1) return fn(x);
  const perm = [...shape.keys()].filter((a) => !axes.includes(a)).concat(axes);
  const moved = transpose(x, perm);
  const kept = shapeOf(moved).slice(0, rank - axes.length);
  const y = fn(axes.length === 1 ? moved : reshape(moved, [...kept, -1]));
  // glu halves its axis, so that the sizes are those of y where there is one.
  const back = axes.length === 1 ? y : reshape(y, shapeOf(moved));
  return transpose(
    back,
    perm.map((_, i) => perm.indexOf(i)),
  );
}
