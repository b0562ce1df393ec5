/** The process-wide seed: what initializers and seed generators draw from when they were given none. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { MersenneTwister } from "./mersenne-twister.ts";

let generator: MersenneTwister | null = null;
let onReset: (() => void) | null = null;

/**
 * Makes everything that is drawn without a seed repeatable, and equal to what Python Keras draws after the same call.
 * Source: `keras.utils.set_random_seed`.
 */
export function setRandomSeed(seed: number): void {
  if (!Number.isSafeInteger(seed)) {
    throw new ValueError(
      `Expected \`seed\` argument to be an integer. Received: seed=${formatValue(seed)} (of type ${typeof seed})`,
    );
  }
  generator = new MersenneTwister(seed);
  onReset?.();
}

/** An integer in [1, 10⁹] (`keras.src.random.seed_generator.make_default_seed`): Python's next, or any where no seed was set. */
export function makeDefaultSeed(): number {
  return generator?.randint(1, 1e9) ?? 1 + Math.floor(Math.random() * 1e9);
}

/** Called when `setRandomSeed` starts the sequence anew, so that the global seed generator is made again from it. */
export function onRandomSeedReset(callback: () => void): void {
  onReset = callback;
}
