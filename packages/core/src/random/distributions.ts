/** Draws as plain float32 arrays, equal bit for bit to `jax.random` on the CPU (JAX 0.10, default flags). */
import { erfInv } from "./erf-inv.ts";
import { fma32 } from "./fma32.ts";
import { type RandomKey, randomBits } from "./threefry2x32.ts";

const fround = Math.fround;

/** `size` numbers in [minval, maxval). Source: `jax.random.uniform`. */
export function uniformValues(key: RandomKey, size: number, minval: number, maxval: number): Float32Array {
  const lo = fround(minval);
  const width = fround(fround(maxval) - lo);
  const bits = randomBits(key, size);
  const out = new Float32Array(size);
  // The top 23 bits as a fraction: what remains of 1.mantissa after 1 is taken away, exactly.
  for (let i = 0; i < size; i++) out[i] = Math.max(lo, fma32(((bits[i] ?? 0) >>> 9) * 2 ** -23, width, lo));
  return out;
}

/** `size` draws of N(mean, stddev²). Source: `keras.random.normal` (`jax.random.normal`, then · stddev + mean). */
export function normalValues(key: RandomKey, size: number, mean: number, stddev: number): Float32Array {
  const out = uniformValues(key, size, BELOW_ONE_NEGATED, 1);
  return out.map((u) => scale(fround(SQRT2 * erfInv(u)), mean, stddev));
}

/** `size` draws of N(mean, stddev²) cut at ±2·stddev. Source: `keras.random.truncated_normal`. */
export function truncatedNormalValues(key: RandomKey, size: number, mean: number, stddev: number): Float32Array {
  const out = uniformValues(key, size, -ERF_SQRT2, ERF_SQRT2);
  return out.map((u) => scale(Math.min(Math.max(fround(SQRT2 * erfInv(u)), -BELOW_TWO), BELOW_TWO), mean, stddev));
}

/** `size` ones and zeros, one with probability `p` (the mask of a dropout is `p = 1 − rate`). Source: `jax.random.bernoulli`. */
export function bernoulliValues(key: RandomKey, size: number, p: number): Float32Array {
  const limit = fround(p);
  return uniformValues(key, size, 0, 1).map((u) => (u < limit ? 1 : 0));
}

function scale(z: number, mean: number, stddev: number): number {
  return fround(fround(z * fround(stddev)) + fround(mean));
}

const SQRT2 = 1.4142135381698608; // float32(√2)
const BELOW_ONE_NEGATED = -0.9999999403953552; // nextafter(−1, 0)
const BELOW_TWO = 1.9999998807907104; // nextafter(2, 0)
const ERF_SQRT2 = 0.9544997215270996; // jax.lax.erf(2/√2) in float32
