/** `keras.random` and `keras.utils.set_random_seed`. */
export { bernoulliValues, normalValues, truncatedNormalValues, uniformValues } from "./distributions.ts";
export { type NormalOptions, normal, truncatedNormal, type UniformOptions, uniform } from "./draw.ts";
export { makeDefaultSeed, setRandomSeed } from "./random-seed.ts";
export { drawSeed, type Seed, SeedGenerator } from "./seed-generator.ts";
export type { RandomKey } from "./threefry2x32.ts";
