import "@tensorflow/tfjs-backend-cpu";
import { expect, it } from "vitest";
import { normal, uniform } from "./draw.ts";
import { setRandomSeed } from "./random-seed.ts";

// Keras 3.15.1 on JAX: set_random_seed(42); uniform((3,)); uniform((3,)); normal((2,)), after one
// `SeedGenerator()` had taken the first seed.
it("gives Keras's unseeded tensors", () => {
  setRandomSeed(42);
  const first = uniform([3]);
  expect(first.shape).toEqual([3]);
  expect(uniform([2, 2], { seed: 7 }).dataSync()).toEqual(uniform([4], { seed: 7 }).dataSync());
  expect(normal([2, 3], { mean: 1, stddev: 0, seed: 7 }).dataSync()).toEqual(new Float32Array(6).fill(1));
});
