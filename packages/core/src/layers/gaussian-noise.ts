/** GaussianNoise (Keras: `keras.layers.GaussianNoise`). */

import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { normal, type SeedGenerator } from "../random/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { Tensor } from "../tf.ts";
import { factory } from "./compose.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { RandomLayer } from "./random-layer.ts";

export interface GaussianNoiseArgs extends LayerArgs {
  /** Standard deviation of what is added, in [0, 1]. */
  readonly stddev: number;
  /** Makes the draws repeatable, and equal to Keras's on JAX. Default: drawn anew. */
  readonly seed?: number | null;
}

/** In training adds draws of N(0, stddev²); else returns its input. */
export class GaussianNoise extends RandomLayer {
  static override readonly className = "GaussianNoise";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "stddev", "seed"];
  static readonly pure = true;

  constructor(args: GaussianNoiseArgs) {
    super(args, { name: "stddev", value: args?.stddev }, args?.seed);
  }

  get stddev(): number {
    return this.strength;
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), stddev: this.stddev, seed: this.seed };
  }

  protected override draw(x: Tensor, seed: SeedGenerator): Value {
    return ops.add(x, normal(x.shape, { stddev: this.stddev, seed }));
  }
}

/** Makes a `GaussianNoise`, or adds it to a model, or calls it on tensors or symbols. */
export const gaussianNoise = factory(GaussianNoise);
