/** Between channels last and channels first. */
import type { Shape } from "../workloads/description.ts";

/** `[n, …, c]` as `[n, c, …]`; up to rank 2 nothing moves. */
export function channelsFirstShape(shape: Shape): number[] {
  return [...shape.slice(0, 1), ...shape.slice(-1), ...shape.slice(1, -1)].slice(0, shape.length);
}

/** The number of a channels-last axis in the channels-first shape of this rank. */
export function channelsFirstAxis(axis: number, rank: number): number {
  if (axis === 0) return 0;
  return axis === rank - 1 ? 1 : axis + 1;
}

/** Values of a channels-last shape as channels first. */
export function toChannelsFirst(values: Float32Array, shape: Shape): Float32Array {
  return eachSample(values, shape, (sample, channels) => transposed(sample, sample.length / channels, channels));
}

/** Values of a shape, given channels last, that lie channels first, as channels last. */
export function toChannelsLast(values: Float32Array, shape: Shape): Float32Array {
  return eachSample(values, shape, (sample, channels) => transposed(sample, channels, sample.length / channels));
}

/** A row-major `[rows, columns]` as `[columns, rows]`. */
export function transposed<T extends Float32Array | Float64Array>(values: T, rows: number, columns: number): T {
  const out = values.slice() as T;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column] ?? 0;
  return out;
}

function eachSample(
  values: Float32Array,
  shape: Shape,
  move: (sample: Float32Array, channels: number) => Float32Array,
): Float32Array {
  const [batch = 1] = shape;
  const out = new Float32Array(values.length);
  const size = values.length / batch;
  for (let n = 0; n < batch; n++) out.set(move(values.subarray(n * size, (n + 1) * size), shape.at(-1) ?? 1), n * size);
  return out;
}
