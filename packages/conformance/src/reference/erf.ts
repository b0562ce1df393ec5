/** The error function and its complement in float64, from two textbook expansions (DLMF 7.6.2 and 7.9.1). */

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/** erf(x), relative error about 1e-15. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size >= 1) return Math.sign(x) * (1 - erfc(size));
  return Number.isNaN(x) ? x : series(x);
}

/** erfc(x) = 1 − erf(x), relative error below 1e-14 also where it is tiny. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < 0) return x > -1 ? 1 - series(x) : 2 - erfc(-x);
  return x < 0.5 ? 1 - series(x) : fraction(x);
}

/** erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ·x^(2n+1) / (1·3·…·(2n+1)): terms of one sign, so nothing cancels. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
}

/** erfc(x) = e^(−x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))), evaluated from the inside. */
function fraction(x: number): number {
  const levels = x < 1 ? 1200 : x < 2 ? 300 : 80;
  let tail = x;
  for (let n = levels; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}
