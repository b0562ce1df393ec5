/** As `Math.max(...values)`, for any number of values: spreading 150,000 overflows the stack. −inf of none, NaN where one is. */
export function largest(values: readonly number[]): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const v of values) most = Math.max(most, v);
  return most;
}
