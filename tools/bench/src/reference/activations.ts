/** Keras's activations in float64. */
import type { Activation } from "../workloads/description.ts";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const hardSigmoid = (x: number): number => Math.min(Math.max(x / 6 + 0.5, 0), 1);

export const ACTIVATIONS: Readonly<Record<Exclude<Activation, "softmax">, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  sigmoid,
  tanh: Math.tanh,
  silu: (x) => x * sigmoid(x),
  hard_sigmoid: hardSigmoid,
  hard_silu: (x) => x * hardSigmoid(x),
};

/** Over runs of `channels`, in place. */
export function softmax(values: Float64Array, channels: number): Float64Array {
  for (let start = 0; start < values.length; start += channels) {
    const row = values.subarray(start, start + channels);
    const most = row.reduce((max: number, value: number) => Math.max(max, value), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let i = 0; i < channels; i++) sum += row[i] = Math.exp((row[i] ?? 0) - most);
    for (let i = 0; i < channels; i++) row[i] = (row[i] ?? 0) / sum;
  }
  return values;
}
