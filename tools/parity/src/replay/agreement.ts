/**
 * When two numbers agree: parity's formula and its constants, here and nowhere else.
 *
 *   |y − k| ≤ a + r·|k| + c·ε·noise        y ours, k Keras's float32 value, noise = √K·s from `noise/`
 *
 * and, where Keras's float64 result t is known, for the array as a whole
 *
 *   max|y − t| ≤ max(4·max|k − t|, ε·(max|t| + noise) + a)
 *
 * that is: no farther from the truth than Keras is, by more than the luck of one summation order. Zeros of either sign are
 * equal, NaN equals NaN, an infinity equals itself.
 */

/** Spacing of float32 at 1. */
export const EPSILON = 2 ** -23;

/** a: the smallest normal float32, because XLA flushes what is smaller to zero and a backend need not. */
export const ABSOLUTE = 2 ** -126;

/**
 * r: 4 ulp. A sum of K positive terms added one by one errs by about 0.17·√K ulp of itself (rms), so this bears K = 500 and
 * c·noise the rest; an activation of the platform's math library adds up to 2.
 */
export const RELATIVE = 4 * EPSILON;

/**
 * c: rounding K terms of mixed sign and scale s one by one leaves an error of about 0.2·√K·σ of ε·√K with σ ≈ s/3 (s is the
 * largest term). On the repository's suites no backend uses all that the formula gives (`ratio` of the JSON: at most 0.97, on cpu with
 * relaxed SIMD); `test/calibration.test.ts` holds that Keras's own float32 results stay inside it around its float64 results.
 */
export const NOISE = 1;

/** A function by itself has no sum whose scale would cover the platform's transcendental functions: 4 ulp of its argument. */
export const FUNCTION_NOISE = 4;

/** A sum of K terms of one sign errs by 0.17·√K·ε of itself (rms), ours and Keras's, three times that at worst. */
export const ONE_SIGN_NOISE = 0.5;

/** How much farther from the float64 truth than Keras's worst element ours may be. */
export const FLOAT64_FACTOR = 4;

/** Random normal numbers that must be equal but for the last bits of the inverse error function: 8 ulp. */
export const NORMAL_DRAW = 8 * EPSILON;

/** The allowance around one of Keras's values. */
export function tolerance(expected: number, noise: number): number {
  return ABSOLUTE + RELATIVE * Math.abs(expected) + NOISE * EPSILON * noise;
}

/** The allowance around the truth that holds even where Keras happened to round perfectly. */
export function float64Floor(largest: number, noise: number): number {
  return EPSILON * (largest + noise) + ABSOLUTE;
}

/** Distance between float32 neighbours at `value`. */
export function ulp(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude < Infinity)) return Infinity;
  return magnitude < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}
