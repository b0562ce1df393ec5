/** Element-wise ops of `keras.ops`: arithmetic with NumPy broadcasting, and the functions of one argument. */
import type { BinaryName } from "../op/op.ts";
import type { UnaryFn, UnaryName } from "../op/unary.ts";
import { run } from "./run.ts";
import { recordable } from "./symbolic.ts";
import type { Value } from "./value.ts";

/** `fn(x)` element by element; see `op/unary.ts` for the functions. */
export const unary = recordable("unary", (x: Value, fn: UnaryFn) => run({ kind: "unary", fn }, [x]));

/** a·x + b. */
export const affine = recordable("affine", (x: Value, a: number, b: number) => apply(x, "affine", a, b));

export const add = recordable("add", (a: Value, b: Value | number) =>
  typeof b === "number" ? apply(a, "affine", 1, b) : binary("add", a, b),
);
export const subtract = recordable("subtract", (a: Value, b: Value | number) =>
  typeof b === "number" ? apply(a, "affine", 1, -b) : binary("sub", a, b),
);
export const multiply = recordable("multiply", (a: Value, b: Value | number) =>
  typeof b === "number" ? apply(a, "affine", b, 0) : binary("mul", a, b),
);
export const divide = recordable("divide", (a: Value, b: Value) => binary("div", a, b));
export const maximum = recordable("maximum", (a: Value, b: Value) => binary("maximum", a, b));
export const minimum = recordable("minimum", (a: Value, b: Value) => binary("minimum", a, b));
/** 1 where a > b, else 0. No gradient flows through it. */
export const greater = recordable("greater", (a: Value, b: Value) => binary("greater", a, b));
/** 1 where a = b, else 0. No gradient flows through it. */
export const equal = recordable("equal", (a: Value, b: Value) => binary("equal", a, b));

export const abs = recordable("absolute", (x: Value) => apply(x, "abs"));
export const negative = recordable("negative", (x: Value) => apply(x, "affine", -1, 0));
export const square = recordable("square", (x: Value) => apply(x, "square"));
export const sqrt = recordable("sqrt", (x: Value) => apply(x, "sqrt"));
export const reciprocal = recordable("reciprocal", (x: Value) => apply(x, "reciprocal"));
export const exp = recordable("exp", (x: Value) => apply(x, "exp"));
export const log = recordable("log", (x: Value) => apply(x, "log"));
/** min(max(x, lo), hi). */
export const clip = recordable("clip", (x: Value, lo: number, hi: number) => apply(x, "clip", lo, hi));

function apply(x: Value, name: UnaryName, ...params: number[]) {
  return run({ kind: "unary", fn: { name, params } }, [x]);
}

function binary(fn: BinaryName, a: Value, b: Value) {
  return run({ kind: "binary", fn }, [a, b]);
}
