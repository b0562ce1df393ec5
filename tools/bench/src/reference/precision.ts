/** Sums in float64, and in float32: rounded after each product and each addition. All numbers stand in float64 arrays. */

/** `out[o + i] += factor · values[v + i]` for `count` of them. */
export type AddScaled = (
  out: Float64Array,
  o: number,
  factor: number,
  values: Float64Array,
  v: number,
  count: number,
) => void;

/** `start` plus the products of `count` numbers of both. */
export type DotProduct = (
  start: number,
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  count: number,
) => number;

export const addScaled: AddScaled = (out, o, factor, values, v, count) => {
  for (let i = 0; i < count; i++) out[o + i] = (out[o + i] as number) + factor * (values[v + i] as number);
};

export const addScaledRounded: AddScaled = (out, o, factor, values, v, count) => {
  for (let i = 0; i < count; i++) {
    out[o + i] = Math.fround((out[o + i] as number) + Math.fround(factor * (values[v + i] as number)));
  }
};

export const dotProduct: DotProduct = (start, a, i, b, j, count) => {
  let sum = start;
  for (let k = 0; k < count; k++) sum += (a[i + k] as number) * (b[j + k] as number);
  return sum;
};

export const dotProductRounded: DotProduct = (start, a, i, b, j, count) => {
  let sum = start;
  for (let k = 0; k < count; k++) sum = Math.fround(sum + Math.fround((a[i + k] as number) * (b[j + k] as number)));
  return sum;
};

/** What is done to each result. */
export function roundingOf(rounded: boolean): (x: number) => number {
  return rounded ? Math.fround : (x) => x;
}
