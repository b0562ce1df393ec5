/** `keras.random`: tensors of random numbers, equal bit for bit to Keras on JAX for the same seed. */
import { type Tensor, tensor } from "../tf.ts";
import { normalValues, truncatedNormalValues, uniformValues } from "./distributions.ts";
import { drawSeed, type Seed } from "./seed-generator.ts";

export interface UniformOptions {
  readonly minval?: number;
  readonly maxval?: number;
  /** Left out: a new draw each time, from the global seed generator. */
  readonly seed?: Seed | null;
}

export interface NormalOptions {
  readonly mean?: number;
  readonly stddev?: number;
  /** Left out: a new draw each time, from the global seed generator. */
  readonly seed?: Seed | null;
}

/** Numbers in [minval, maxval), default [0, 1). Source: `keras.random.uniform`. */
export function uniform(shape: readonly number[], { minval = 0, maxval = 1, seed }: UniformOptions = {}): Tensor {
  return tensor(uniformValues(drawSeed(seed), sizeOf(shape), minval, maxval), [...shape]);
}

/** Draws of N(mean, stddev²), default N(0, 1). Source: `keras.random.normal`. */
export function normal(shape: readonly number[], { mean = 0, stddev = 1, seed }: NormalOptions = {}): Tensor {
  return tensor(normalValues(drawSeed(seed), sizeOf(shape), mean, stddev), [...shape]);
}

/** Draws of N(mean, stddev²) within two standard deviations of the mean. Source: `keras.random.truncated_normal`. */
export function truncatedNormal(shape: readonly number[], { mean = 0, stddev = 1, seed }: NormalOptions = {}): Tensor {
  return tensor(truncatedNormalValues(drawSeed(seed), sizeOf(shape), mean, stddev), [...shape]);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}
