/** The activations that look along an axis. Source: `keras.src.ops.nn`, `keras.src.activations.activations`. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import { recordable } from "../ops/symbolic.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import { sigmoid } from "./elementwise.ts";

export interface AxisOptions {
  /** Default −1, the last. */
  readonly axis?: number;
}

export interface AxesOptions {
  /** Default −1, the last; a list is taken as one axis. */
  readonly axis?: number | readonly number[];
}

type Recorded = ReturnType<typeof ops.softmax>;

/** eˣ / Σeˣ along the axis. */
export const softmax = recordable("softmax", (x: Value, { axis = -1 }: AxesOptions = {}) =>
  alongLast(x, axis, (h) => ops.softmax(h)),
);

/** The logarithm of softmax. */
export const logSoftmax = recordable("log_softmax", (x: Value, { axis = -1 }: AxesOptions = {}) =>
  alongLast(x, axis, (h) => ops.softmax(h, { log: true })),
);

/** Keras 3.15's sparsemax, which differs from that of the paper where more than one element is kept. */
export const sparsemax = recordable("sparsemax", (x: Value, { axis = -1 }: AxisOptions = {}) =>
  alongLast(x, axis, (h) => ops.sparsemax(h)),
);

/** a·sigmoid(b), where a and b are the halves of x along the axis. */
export const glu = recordable("glu", (x: Value, { axis = -1 }: AxisOptions = {}) =>
  alongLast(x, axis, (h) => {
    const shape = shapeOf(h);
    const size = shape.at(-1) ?? 0;
    if (size % 2 !== 0)
      throw new ValueError(
        `glu: the axis size must be divisible by 2. Received: x.shape=${formatShape(shapeOf(x))}, axis=${axis}`,
      );
    const half = [...shape.slice(0, -1), size / 2];
    const start = shape.map(() => 0);
    const gate = ops.slice(h, [...start.slice(0, -1), size / 2], half);
    return ops.multiply(ops.slice(h, start, half), sigmoid(gate));
  }),
);

/** Runs `fn` with the axes joined into one last axis, and puts the result back. */
function alongLast(x: Value, axis: number | readonly number[], fn: (h: Value) => Recorded): Recorded {
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
  const moved = ops.transpose(x, perm);
  const kept = shapeOf(moved).slice(0, rank - axes.length);
  const y = fn(axes.length === 1 ? moved : ops.reshape(moved, [...kept, -1]));
  // glu halves its axis, so that the sizes are those of y where there is one.
  const back = axes.length === 1 ? y : ops.reshape(y, shapeOf(moved));
  return ops.transpose(
    back,
    perm.map((_, i) => perm.indexOf(i)),
  );
}
