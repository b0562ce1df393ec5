/**
 * Results that count as right besides the reference's: element-wise functions at arguments where Keras's own value is
 * an accident of how JAX evaluates, and a backend may do what is cheapest.
 */
import type { Op, UnaryFn } from "@keras-ts/core";
import { at, type NumberArray } from "./operand.ts";
import { unary } from "./unary.ts";
import { unaryDerivative } from "./unary-derivative.ts";

/** The other accepted value of every element, or null where the op has none; equal to the reference where unique. */
export function alternativesOf(op: Op, inputs: readonly NumberArray[]): Float64Array | null {
  const [x, dy] = inputs.map(({ values }) => values);
  if (x === undefined) return null;
  if (op.kind === "unary") return Float64Array.from(x, (v) => unary(op.fn, withoutSign(v)));
  if (op.kind !== "unary_grad") return null;
  return Float64Array.from(x, (v, i) => at(dy ?? [], i) * otherDerivative(op.fn, v));
}

/** The sign of zero is not portable (keras-semantics 2.6): −0 may be taken as +0, also by 1/x and 1/√x. */
function withoutSign(x: number): number {
  return x === 0 ? 0 : x;
}

/**
 * At NaN: NaN instead of the 0 or 1 that a comparison gives. At ±inf: the limit instead of the NaN that 0·inf gives in
 * JAX's chain rule.
 */
function otherDerivative(fn: UnaryFn, x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const derivative = unaryDerivative(fn, withoutSign(x));
  if (Number.isFinite(x) || !Number.isNaN(derivative)) return derivative;
  switch (fn.name) {
    case "gelu":
    case "gelu_tanh":
    case "mish":
    case "silu":
    case "sparse_plus":
    case "squareplus":
      return x > 0 ? 1 : 0;
    case "softsign":
      return 0;
    default:
      return derivative;
  }
}
