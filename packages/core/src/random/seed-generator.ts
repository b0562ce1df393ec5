/** Seeds for single draws (Keras: `keras.random.SeedGenerator` and `draw_seed`). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { makeDefaultSeed, onRandomSeedReset } from "./random-seed.ts";
import type { RandomKey } from "./threefry2x32.ts";

/** What random functions take: an integer gives the same numbers each time, a generator other numbers each time. */
export type Seed = number | SeedGenerator;

/** A sequence of seeds. Its state is the key (seed, number of draws so far). */
export class SeedGenerator {
  static readonly module: string = "keras.random";
  static readonly className: string = "SeedGenerator";
  readonly name: string;
  /** Two unsigned 32-bit numbers, as Keras keeps (and saves) them. */
  readonly state: Uint32Array;
  readonly #initialSeed: number | null;

  constructor({ seed = null, name = "seed_generator" }: { seed?: number | null; name?: string } = {}) {
    this.#initialSeed = seed;
    const start = seed ?? makeDefaultSeed();
    if (!Number.isInteger(start))
      throw new ValueError(`Argument \`seed\` must be an integer. Received: seed=${formatValue(seed)}`);
    this.name = name;
    this.state = Uint32Array.from(keyOf(start));
  }

  /** The key for the next draw. Unordered ones (Keras's global generator) walk a sequence of near-unique numbers. */
  next(ordered = true): RandomKey {
    const [a = 0, b = 0] = this.state;
    this.state.set(ordered ? [a, b + 1] : [near(a), near(b)]);
    return [a, b];
  }

  getConfig(): KerasConfig {
    return { seed: this.#initialSeed, name: this.name };
  }

  static fromConfig(config: KerasConfig): SeedGenerator {
    const { seed = null, name } = config;
    if (seed !== null && typeof seed !== "number") {
      throw new ValueError(`Argument \`seed\` must be an integer. Received: seed=${formatValue(seed)}`);
    }
    return new SeedGenerator(typeof name === "string" ? { seed, name } : { seed });
  }
}

/** The key for one draw: (seed, 0) for an integer, the generator's next state, or the global generator's for null. */
export function drawSeed(seed: Seed | null | undefined): RandomKey {
  if (seed instanceof SeedGenerator) return seed.next();
  if (seed === null || seed === undefined) return globalSeedGenerator().next(false);
  if (!Number.isInteger(seed)) {
    throw new ValueError(
      `Argument \`seed\` must be either an integer or an instance of \`SeedGenerator\`. Received: seed=${formatValue(seed)} (of type ${typeof seed})`,
    );
  }
  return keyOf(seed);
}

let globalGenerator: SeedGenerator | null = null;

function globalSeedGenerator(): SeedGenerator {
  if (!globalGenerator) {
    globalGenerator = new SeedGenerator();
    onRandomSeedReset(() => {
      globalGenerator = null;
    });
  }
  return globalGenerator;
}

function keyOf(seed: number): RandomKey {
  if (seed < 0 || seed >= 2 ** 32) throw new ValueError(`Seeds must fit in 32 unsigned bits. Received: seed=${seed}`);
  return [seed, 0];
}

/** (state + 1) · 5387 mod 933199 in unsigned 32-bit arithmetic. */
function near(word: number): number {
  return (Math.imul(word + 1, 5387) >>> 0) % 933199;
}
