import { describe, expect, it } from "vitest";
import { bernoulliValues, normalValues, truncatedNormalValues, uniformValues } from "./distributions.ts";
import { erfInv } from "./erf-inv.ts";

/** FNV-1a over the bytes, so that a hundred thousand draws are one golden number. */
function fnv(values: Float32Array): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer)) hash = Math.imul(hash ^ byte, 0x01000193);
  return `0x${(hash >>> 0).toString(16)}`;
}

// Hashes: Keras 3.15.1 on JAX 0.10.2, `keras.random.uniform((100003,), -0.37, 0.91, seed=42)` and so on, then the
// same FNV-1a over `np.asarray(values).tobytes()`.
describe("draws equal JAX's bit for bit", () => {
  it("uniform", () => expect(fnv(uniformValues([42, 0], 100003, -0.37, 0.91))).toBe("0x2a136110"));
  it("normal", () => expect(fnv(normalValues([42, 0], 100003, 0, 1))).toBe("0x77931306"));
  it("truncated normal", () => expect(fnv(truncatedNormalValues([42, 0], 100003, 0, 1))).toBe("0xc34183da"));
  it("normal with mean, stddev and the largest seed", () => {
    expect(fnv(normalValues([4294967295, 0], 100003, 0.3, 0.7))).toBe("0x1aaf33e7");
  });
});

// Keras 3.15.1 on JAX: keras.layers.Dropout(0.5, seed=3)(ones(8), training=True) / 2.
it("draws Keras's dropout mask", () => {
  expect([...bernoulliValues([3, 0], 8, 0.5)]).toEqual([0, 1, 0, 0, 1, 1, 0, 1]);
});

// JAX 0.10.2: jax.lax.erf_inv(np.float32([...])).
it.each([
  [-1, Number.NEGATIVE_INFINITY],
  [-0.9999999403953552, -3.8325066566467285],
  [-0.9, -1.163087010383606],
  [-0.5, -0.4769362807273865],
  [-1e-3, -0.0008862271206453443],
  [0, 0],
  [1e-20, 8.862267680051088e-21],
  [0.25, 0.22531206905841827],
  [0.7, 0.7328690886497498],
  [0.999, 2.3267576694488525],
  [1, Number.POSITIVE_INFINITY],
])("erfInv(%f)", (x, expected) => expect(erfInv(Math.fround(x))).toBe(expected));
