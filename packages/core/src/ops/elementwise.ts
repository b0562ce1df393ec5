/** Element-wise ops of `keras.ops`: arithmetic with NumPy broadcasting, and the functions of one argument. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { BinaryName } from "../op/op.ts";
import { UNARY_ARITY, type UnaryFn, type UnaryName } from "../op/unary.ts";
import type { Tensor } from "../tf.ts";
import type { TracedTensor } from "../trace/traced-tensor.ts";
import { numberValue, run } from "./run.ts";
import { broadcastShapes } from "./shapes.ts";
import { recordable } from "./symbolic.ts";
import { type SymbolicShape, symbolicShapeOf, type Value } from "./value.ts";

/** `fn(x)` element by element; see `op/unary.ts` for the functions. */
export const unary = recordable("unary", (x: Value, fn: UnaryFn) => apply(x, fn));

/** a·x + b. */
export const affine = recordable("affine", (x: Value, a: number, b: number) => named(x, "affine", a, b));

export const add = binaryOp("add", "add", (x, number) => named(x, "affine", 1, number));
export const subtract = binaryOp("subtract", "sub", (x, number, isLeft) =>
  isLeft ? named(x, "affine", -1, number) : named(x, "affine", 1, -number),
);
export const multiply = binaryOp("multiply", "mul", (x, number) => named(x, "affine", number, 0));
export const divide = binaryOp("divide", "div");
/** What `x / y` is in Keras. */
export const trueDivide = binaryOp("true_divide", "div");
export const maximum = binaryOp("maximum", "maximum");
export const minimum = binaryOp("minimum", "minimum");
/** 1 where a > b, else 0. No gradient flows through it. */
export const greater = binaryOp("greater", "greater");
/** 1 where a = b, else 0. No gradient flows through it. */
export const equal = binaryOp("equal", "equal");
/** 1 where a ≠ b, else 0. No gradient flows through it. */
export const notEqual = recordable(
  "not_equal",
  (a: Value | number, b: Value | number) => named(binary("equal", operand(a), operand(b)), "affine", -1, 1),
  (a, b) => binaryShape("equal", a, b),
);

/** `condition ≠ 0 ? a : b`, with NumPy broadcasting. Source: `keras.ops.where`. */
export const where = recordable(
  "where",
  (condition: Value, a: Value | number, b: Value | number) => {
    whereShape(condition, a, b);
    return run({ kind: "select" }, [condition, operand(a), operand(b)]);
  },
  (condition, a, b) => whereShape(condition, a, b),
);

export const abs = recordable("absolute", (x: Value) => named(x, "abs"));
export const negative = recordable("negative", (x: Value) => named(x, "affine", -1, 0));
export const square = recordable("square", (x: Value) => named(x, "square"));
export const sqrt = recordable("sqrt", (x: Value) => named(x, "sqrt"));
export const reciprocal = recordable("reciprocal", (x: Value) => named(x, "reciprocal"));
export const exp = recordable("exp", (x: Value) => named(x, "exp"));
export const log = recordable("log", (x: Value) => named(x, "log"));
export const trunc = recordable("trunc", (x: Value) => named(x, "trunc"));
/** min(max(x, lo), hi). */
export const clip = recordable("clip", (x: Value, lo: number, hi: number) => named(x, "clip", lo, hi));

function named(x: Value, name: UnaryName, ...params: number[]) {
  return apply(x, { name, params });
}

function apply(x: Value, fn: UnaryFn) {
  checkUnaryFn(fn);
  return run({ kind: "unary", fn }, [x]);
}

function checkUnaryFn(fn: unknown): void {
  const { name, params } = fn !== null && typeof fn === "object" ? (fn as Partial<UnaryFn>) : {};
  if (typeof name !== "string" || !Object.hasOwn(UNARY_ARITY, name))
    throw new ValueError(`There is no element-wise function of that name. Received: name=${formatValue(name)}`);
  const arity = UNARY_ARITY[name];
  if (!Array.isArray(params) || params.length !== arity || params.some((p) => typeof p !== "number"))
    throw new ValueError(
      `The element-wise function '${name}' takes ${arity} number${arity === 1 ? "" : "s"}. Received: params=${formatValue(params)}`,
    );
}

/** `withNumber` where an operand that is a number makes it an op of one input. */
function binaryOp(
  name: string,
  fn: BinaryName,
  withNumber?: (x: Value, number: number, numberIsLeft: boolean) => Tensor | TracedTensor,
) {
  return recordable(
    name,
    (a: Value | number, b: Value | number) => {
      if (withNumber && typeof b === "number" && typeof a !== "number") return withNumber(a, b, false);
      if (withNumber && typeof a === "number" && typeof b !== "number") return withNumber(b, a, true);
      return binary(fn, operand(a), operand(b));
    },
    (a, b) => binaryShape(fn, a, b),
  );
}

function binary(fn: BinaryName, a: Value, b: Value) {
  binaryShape(fn, a, b);
  return run({ kind: "binary", fn }, [a, b]);
}

function binaryShape(fn: BinaryName, a: Value | number, b: Value | number): SymbolicShape {
  const shape = (x: Value | number) => (typeof x === "number" ? [] : symbolicShapeOf(x));
  return broadcastShapes(PUBLIC_NAMES[fn], shape(a), shape(b));
}

function whereShape(condition: Value, a: Value | number, b: Value | number): SymbolicShape {
  const branch = (x: Value | number) => (typeof x === "number" ? [] : symbolicShapeOf(x));
  return broadcastShapes("where", broadcastShapes("where", symbolicShapeOf(condition), branch(a)), branch(b));
}

function operand(x: Value | number): Value {
  return typeof x === "number" ? numberValue(x) : x;
}

/** What messages call the op. */
const PUBLIC_NAMES: Readonly<Record<BinaryName, string>> = {
  add: "add",
  sub: "subtract",
  mul: "multiply",
  div: "divide",
  maximum: "maximum",
  minimum: "minimum",
  greater: "greater",
  equal: "equal",
};
