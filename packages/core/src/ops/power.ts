/** `keras.ops.power` with a number as exponent. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { exp, log, multiply, reciprocal, sqrt, square } from "./elementwise.ts";
import { recordable } from "./symbolic.ts";
import type { Value } from "./value.ts";

const MOST_PRODUCTS = 64; // largest whole exponent that is multiplied out; beyond it the logarithm is as exact

/** xⁿ. Whole exponents are multiplied out, so that negative x have powers; others go by the logarithm and are NaN there. */
export const power = recordable("power", (x: Value, exponent: number): Value => {
  if (typeof exponent !== "number")
    throw new ValueError(`power takes a number as exponent. Received: exponent=${formatValue(exponent)}`);
  if (exponent === 0.5) return sqrt(x);
  if (!Number.isInteger(exponent) || Math.abs(exponent) > MOST_PRODUCTS) return exp(multiply(log(x), exponent));
  if (exponent === 0) return multiply(exp(multiply(x, 0)), 1);
  const whole = wholePower(x, Math.abs(exponent));
  return exponent < 0 ? reciprocal(whole) : whole;
});

function wholePower(x: Value, n: number): Value {
  if (n === 1) return multiply(x, 1);
  if (n === 2) return square(x);
  const half = square(wholePower(x, Math.floor(n / 2)));
  return n % 2 === 0 ? half : multiply(half, x);
}
