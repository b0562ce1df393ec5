import "@tensorflow/tfjs-backend-cpu";
import { expect, it } from "vitest";
import { normal, truncatedNormal, uniform } from "./draw.ts";
import { setRandomSeed } from "./random-seed.ts";

const f32 = (...values: number[]) => Float32Array.from(values);

// Keras 3.15.1 on JAX: set_random_seed(42); uniform((3,)); uniform((3,)); normal((2,)); truncated_normal((2,)).
it("gives Keras's tensors where no seed is passed", () => {
  setRandomSeed(42);
  expect(uniform([3]).dataSync()).toEqual(f32(0.0733258724, 0.558878183, 0.256865978));
  expect(uniform([3]).dataSync()).toEqual(f32(0.610033393, 0.535508156, 0.674270749));
  expect(normal([2]).dataSync()).toEqual(f32(-1.44292295, -0.90363878));
  expect(truncatedNormal([2]).dataSync()).toEqual(f32(-1.97820413, 0.443536997));
});

it("fills any shape in row-major order", () => {
  const square = uniform([2, 2], { seed: 7 });
  expect(square.shape).toEqual([2, 2]);
  expect(square.dataSync()).toEqual(uniform([4], { seed: 7 }).dataSync());
  expect(normal([2, 3], { mean: 1, stddev: 0, seed: 7 }).dataSync()).toEqual(new Float32Array(6).fill(1));
});
