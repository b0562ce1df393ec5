/** Initializers that draw every element on its own. Source: `keras.src.initializers.random_initializers`. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { normalValues, truncatedNormalValues, uniformValues } from "../random/distributions.ts";
import { makeDefaultSeed } from "../random/random-seed.ts";
import { drawSeed, type Seed, SeedGenerator } from "../random/seed-generator.ts";
import type { RandomKey } from "../random/threefry2x32.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { serializeObject } from "../serialization/serialize.ts";
import { Initializer, sizeOf } from "./initializer.ts";

export interface RandomInitializerArgs {
  /**
   * An integer in [0, 2³²): the same numbers at every call. Left out: an integer drawn once, here, so that one instance
   * still repeats itself. A `SeedGenerator` gives other numbers at every call.
   */
  readonly seed?: Seed | null;
}

/** What initializers with a seed share. */
export abstract class RandomInitializer extends Initializer {
  readonly seed: Seed;
  /** What the constructor was given; configs keep it, also when it was nothing. */
  readonly #givenSeed: Seed | null;

  constructor({ seed = null }: RandomInitializerArgs) {
    super();
    const given = readSeed(seed);
    this.#givenSeed = given;
    this.seed = given ?? makeDefaultSeed();
  }

  override getConfig(): KerasConfig {
    const seed = this.#givenSeed;
    return { seed: seed instanceof SeedGenerator ? serializeObject(seed) : seed };
  }

  protected nextKey(): RandomKey {
    return drawSeed(this.seed);
  }
}

/** A config may hold a seed generator's config. */
function readSeed(seed: unknown): Seed | null {
  if (seed === null || seed instanceof SeedGenerator || (typeof seed === "number" && Number.isInteger(seed)))
    return seed;
  if (typeof seed === "object" && "config" in seed) return SeedGenerator.fromConfig(seed.config as KerasConfig);
  throw new ValueError(
    `\`seed\` argument should be an instance of \`keras.random.SeedGenerator()\` or an integer. Received: seed=${formatValue(seed)}`,
  );
}

export interface RandomNormalArgs extends RandomInitializerArgs {
  /** Default 0. */
  readonly mean?: number;
  /** Default 0.05. */
  readonly stddev?: number;
}

/** Draws of N(mean, stddev²). */
export class RandomNormal extends RandomInitializer {
  static readonly module: string = "keras.initializers";
  static override readonly className: string = "RandomNormal";
  readonly mean: number;
  readonly stddev: number;

  constructor(args: RandomNormalArgs = {}) {
    checkArguments("RandomNormal", args, ["mean", "stddev", "seed"]);
    super(args);
    this.mean = args.mean ?? 0;
    this.stddev = args.stddev ?? 0.05;
  }

  override values(shape: readonly number[]): Float32Array {
    return normalValues(this.nextKey(), sizeOf(shape), this.mean, this.stddev);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), mean: this.mean, stddev: this.stddev };
  }
}

/** Draws of N(mean, stddev²) within two standard deviations of the mean. */
export class TruncatedNormal extends RandomInitializer {
  static readonly module: string = "keras.initializers";
  static override readonly className: string = "TruncatedNormal";
  readonly mean: number;
  readonly stddev: number;

  constructor(args: RandomNormalArgs = {}) {
    checkArguments("TruncatedNormal", args, ["mean", "stddev", "seed"]);
    super(args);
    this.mean = args.mean ?? 0;
    this.stddev = args.stddev ?? 0.05;
  }

  override values(shape: readonly number[]): Float32Array {
    return truncatedNormalValues(this.nextKey(), sizeOf(shape), this.mean, this.stddev);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), mean: this.mean, stddev: this.stddev };
  }
}

export interface RandomUniformArgs extends RandomInitializerArgs {
  /** Default −0.05. */
  readonly minval?: number;
  /** Default 0.05. */
  readonly maxval?: number;
}

/** Numbers in [minval, maxval). */
export class RandomUniform extends RandomInitializer {
  static readonly module: string = "keras.initializers";
  static override readonly className: string = "RandomUniform";
  readonly minval: number;
  readonly maxval: number;

  constructor(args: RandomUniformArgs = {}) {
    checkArguments("RandomUniform", args, ["minval", "maxval", "seed"]);
    super(args);
    this.minval = args.minval ?? -0.05;
    this.maxval = args.maxval ?? 0.05;
  }

  override values(shape: readonly number[]): Float32Array {
    return uniformValues(this.nextKey(), sizeOf(shape), this.minval, this.maxval);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), minval: this.minval, maxval: this.maxval };
  }
}
