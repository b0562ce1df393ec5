/** Values of one number in the shape of another (`keras.ops.zeros_like`, `ones_like`). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { affine, greater } from "./elementwise.ts";
import { recordable } from "./symbolic.ts";
import { symbolicShapeOf, type Value } from "./value.ts";

export interface FilledOptions {
  /** What the result counts as in a model's config; its numbers are float32 all the same. Default (also null): as x. */
  readonly dtype?: "float32" | "int32" | "bool" | null;
}

/** 0 everywhere, in the shape of x. No gradient flows through it. Source: `keras.ops.zeros_like`. */
export const zerosLike = recordable(
  "zeros_like",
  (x: Value, options: FilledOptions = {}) => nothingLike("zerosLike", x, options),
  (x, _options?: FilledOptions) => symbolicShapeOf(x),
);

/** 1 everywhere, in the shape of x. No gradient flows through it. Source: `keras.ops.ones_like`. */
export const onesLike = recordable(
  "ones_like",
  (x: Value, options: FilledOptions = {}) => affine(nothingLike("onesLike", x, options), 1, 1),
  (x, _options?: FilledOptions) => symbolicShapeOf(x),
);

const DTYPES: readonly unknown[] = ["float32", "int32", "bool", null, undefined];

function nothingLike(name: string, x: Value, options: FilledOptions) {
  checkArguments(name, options, ["dtype"]);
  if (!DTYPES.includes(options.dtype)) {
    throw new ValueError(
      `${name}: dtype must be float32, int32, bool or null. Received: dtype=${formatValue(options.dtype)}`,
    );
  }
  return greater(x, x); // not x·0, which is NaN where x is not finite
}
