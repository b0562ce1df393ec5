import { beforeEach, expect, it } from "vitest";
import { ValueError } from "../errors.ts";
import { MersenneTwister } from "./mersenne-twister.ts";
import { makeDefaultSeed, setRandomSeed } from "./random-seed.ts";
import { drawSeed, SeedGenerator } from "./seed-generator.ts";

beforeEach(() => setRandomSeed(42));

// Python 3.11: random.seed(s); [random.randint(1, 10**9) for _ in range(4)].
it.each([
  [0, [906691060, 413654000, 813847340, 955892129]],
  [-7, [347712783, 161973070, 423938500, 698935573]],
  [123456789012345, [724212030, 236747959, 313884347, 440495522]],
  [4294967297, [247962530, 537919862, 550198047, 904045181]],
])("seeds as Python's random.seed(%d)", (seed, expected) => {
  const random = new MersenneTwister(seed);
  expect(Array.from({ length: 4 }, () => random.randint(1, 1e9))).toEqual(expected);
});

// Keras 3.15.1: keras.utils.set_random_seed(42), then one unseeded initializer after another.
it("draws the seeds that Keras draws", () => {
  expect(Array.from({ length: 6 }, makeDefaultSeed)).toEqual([
    686579304, 119540832, 26855093, 796233791, 295310486, 262950629,
  ]);
});

it("counts draws in its state", () => {
  const generator = new SeedGenerator();
  expect([generator.next(), generator.next(), generator.next()]).toEqual([
    [686579304, 0],
    [686579304, 1],
    [686579304, 2],
  ]);
  expect(generator.getConfig()).toEqual({ seed: null, name: "seed_generator" });
  expect(SeedGenerator.fromConfig({ seed: 3, name: "g" }).getConfig()).toEqual({ seed: 3, name: "g" });
});

// Keras 3.15.1: after set_random_seed(42), g = SeedGenerator(); the global generator is made at the first unseeded draw.
it("walks near-unique keys where no seed is given, anew after setRandomSeed", () => {
  const keys = [drawSeed(null), drawSeed(undefined)];
  expect(keys[0]).toEqual([686579304, 0]);
  expect(keys[1]).toEqual([(Math.imul(686579305, 5387) >>> 0) % 933199, 5387]);
  setRandomSeed(42);
  expect(drawSeed(null)).toEqual([686579304, 0]);
});

it("refuses what is not a 32-bit integer", () => {
  expect(() => drawSeed(1.5)).toThrow(
    "Argument `seed` must be either an integer or an instance of `SeedGenerator`. Received: seed=1.5",
  );
  expect(() => drawSeed(-1)).toThrow(ValueError);
  expect(() => drawSeed(2 ** 32)).toThrow("seed=4294967296");
  expect(() => new SeedGenerator({ seed: 0.5 })).toThrow("Argument `seed` must be an integer. Received: seed=0.5");
  expect(() => setRandomSeed(0.5)).toThrow("seed=0.5");
});

it("starts from an unpredictable seed otherwise", () => {
  const seed = makeDefaultSeed();
  expect(seed).toBeGreaterThanOrEqual(1);
  expect(seed).toBeLessThanOrEqual(1e9);
});
