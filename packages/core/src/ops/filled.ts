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
  (x: Value, options: FilledOptions = {}) => {
    checkOptions("zerosLike", options);
    return zerosIn(x);
  },
  (x, options: FilledOptions = {}) => {
    checkOptions("zerosLike", options);
    return symbolicShapeOf(x);
  },
);

/** 1 everywhere, in the shape of x. No gradient flows through it. Source: `keras.ops.ones_like`. */
export const onesLike = recordable(
  "ones_like",
  (x: Value, options: FilledOptions = {}) => {
    checkOptions("onesLike", options);
    return affine(zerosIn(x), 1, 1);
  },
  (x, options: FilledOptions = {}) => {
    checkOptions("onesLike", options);
    return symbolicShapeOf(x);
  },
);

/** Not x·0, which is NaN where x is not finite. */
function zerosIn(x: Value) {
  return greater(x, x);
}

const DTYPES: readonly unknown[] = ["float32", "int32", "bool", null, undefined];

function checkOptions(name: string, options: FilledOptions): void {
  checkArguments(name, options, ["dtype"]);
  if (DTYPES.includes(options.dtype)) return;
  throw new ValueError(
    `${name}: dtype must be float32, int32, bool or null. Received: dtype=${formatValue(options.dtype)}`,
  );
}
