/**
 * When a float32 result agrees with an expected one: the one place that knows the formula and its constants
 * (fixture format, "Agreement"). Imported by the conformance suite and by the parity tool.
 */

/** Spacing of float32 at 1. */
export const FLOAT32_EPSILON = 2 ** -23;

/** The constants of `|y − k| ≤ a + r·|k| + c·ε·√K·s`. */
export const AGREEMENT = {
  /**
   * a: 64 times the smallest normal float32. Keras on JAX and GPUs flush subnormals to zero (keras-semantics 2.6), and
   * a sum may flush several.
   */
  absolute: 2 ** -120,
  /**
   * r: 4 ulp for the last operations on a value: GLSL ES 3.00 §4.5.1 allows 2.5 ulp for a division, 2 for a root and 3
   * for exp and log at small arguments; Keras's own backends differ among themselves by 1–2 ulp (keras-semantics 2.7).
   */
  relative: 4 * FLOAT32_EPSILON,
  /**
   * c: a float32 sum of K terms in sequence, with partial sums that grow like ‖t‖·√(k/K), errs by 0.15·ε·√K·‖t‖ rms
   * (each addition rounds by 0.21·ε of the partial sum, rms). Five of those deviations, since an output has up to 10⁶
   * elements, are 0.75; Keras's float32 value may be off by as much in the other direction; the rest is for products
   * rounded apart from the sum. Also the ulp of `exp(x)` per unit of |x| in GLSL ES 3.00 (`3 + 2·|x|` ulp).
   */
  rounding: 2,
} as const;

/** How much float32 rounding stands behind the elements of a result. */
export interface Rounding {
  /** K: the number of terms of the longest sum behind an element. 1 where left out. */
  readonly terms?: number;
  /**
   * s: the 2-norm `√Σt²` of the terms of an element's sum, or `sumScale(K, t)` where only a typical term is known; for
   * a function without a sum `|x·f'(x)|`, by which it magnifies a relative error. One number, or one an element. 0
   * where left out.
   */
  readonly scale?: number | ArrayLike<number>;
}

/** What `compare` found. The worst element is the one whose error is the largest part of its tolerance. */
export interface Comparison {
  readonly agree: boolean;
  readonly maxAbs: number;
  readonly maxRel: number;
  /** Largest error in float32 spacings at the expected value. */
  readonly maxUlp: number;
  /** −1 for empty arrays. */
  readonly worstIndex: number;
  readonly expected: number;
  readonly actual: number;
  /** What the formula allows at `worstIndex`. */
  readonly tolerance: number;
}

/** The 2-norm of `terms` terms of about `typical` size. */
export function sumScale(terms: number, typical: number): number {
  return Math.sqrt(terms) * typical;
}

/** `c·ε·√K·s` at element `index`. A scale that is not finite counts as 0: such elements are inf or NaN and must match. */
export function roundingBound(rounding: Rounding, index: number): number {
  const { terms = 1, scale = 0 } = rounding;
  const s = typeof scale === "number" ? scale : (scale[index] ?? 0);
  return Number.isFinite(s) ? AGREEMENT.rounding * FLOAT32_EPSILON * Math.sqrt(terms) * s : 0;
}

/** The difference from `expected` that element `index` may have. */
export function toleranceAt(expected: number, rounding: Rounding, index: number): number {
  const magnitude = Number.isFinite(expected) ? Math.abs(expected) : 0;
  return AGREEMENT.absolute + AGREEMENT.relative * magnitude + roundingBound(rounding, index);
}

/** Whether `actual` agrees: NaN with NaN, an infinity with the same one, zeros whatever their sign, else the formula. */
export function agrees(actual: number, expected: number, rounding: Rounding = {}, index = 0): boolean {
  return errorOf(actual, expected) <= toleranceAt(expected, rounding, index);
}

/** Compares float32 results with expected values (float32 or float64), element by element. */
export function compare(actual: ArrayLike<number>, expected: ArrayLike<number>, rounding: Rounding = {}): Comparison {
  if (actual.length !== expected.length) {
    throw new RangeError(
      `Arrays of different length cannot be compared. Received: ${actual.length} and ${expected.length}.`,
    );
  }
  let [agree, maxAbs, maxRel, maxUlp, worstIndex, worstPart] = [true, 0, 0, 0, -1, -1];
  for (let i = 0; i < expected.length; i++) {
    const k = expected[i] ?? Number.NaN;
    const error = errorOf(actual[i] ?? Number.NaN, k);
    const part = error / toleranceAt(k, rounding, i);
    if (part > 1) agree = false;
    maxAbs = Math.max(maxAbs, error);
    if (error > 0) {
      maxRel = Math.max(maxRel, error / Math.abs(k));
      maxUlp = Math.max(maxUlp, error / float32Spacing(k));
    }
    if (part > worstPart) [worstIndex, worstPart] = [i, part];
  }
  const worst = worstIndex < 0 ? Number.NaN : (expected[worstIndex] ?? Number.NaN);
  return {
    agree,
    maxAbs,
    maxRel,
    maxUlp,
    worstIndex,
    expected: worst,
    actual: actual[worstIndex] ?? Number.NaN,
    tolerance: worstIndex < 0 ? 0 : toleranceAt(worst, rounding, worstIndex),
  };
}

/** |y − k|, 0 for equal specials, Infinity where only one side is special. An expected value beyond float32 is inf. */
function errorOf(y: number, k: number): number {
  if (Number.isNaN(k) || Number.isNaN(y)) return Number.isNaN(k) && Number.isNaN(y) ? 0 : Number.POSITIVE_INFINITY;
  if (y === Math.fround(k)) return Number.isFinite(y) ? Math.abs(y - k) : 0;
  return Number.isFinite(y) ? Math.abs(y - k) : Number.POSITIVE_INFINITY;
}

function float32Spacing(k: number): number {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(k), 2 ** -126)));
  return 2 ** (Math.min(exponent, 127) - 23);
}
