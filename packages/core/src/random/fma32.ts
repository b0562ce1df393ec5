/** float32 fused multiply-add, which XLA's CPU code uses wherever a product is only added once. */

/** a·b + c of three float32 numbers, rounded once to float32 (IEEE 754 fusedMultiplyAdd). */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b; // exact: 24 + 24 bits fit in 53
  const sum = product + c;
  const rounded = Math.fround(sum);
  // Rounding twice goes wrong only where `sum` lies exactly between two float32 numbers; `other` is then the second one.
  const other = 2 * sum - rounded;
  if (rounded === other || Math.fround(other) !== other) return rounded;
  const c2 = sum - product;
  const lost = product - (sum - c2) + (c - c2); // what `sum` dropped (Knuth's TwoSum)
  if (lost === 0) return rounded;
  return lost > 0 ? Math.max(rounded, other) : Math.min(rounded, other);
}
