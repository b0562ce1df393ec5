/** GaussianDropout (Keras: `keras.layers.GaussianDropout`). */

import { ValueError } from "../errors.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { normal, type SeedGenerator } from "../random/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { Tensor } from "../tf.ts";
import { factory } from "./compose.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { RandomLayer } from "./random-layer.ts";

export interface GaussianDropoutArgs extends LayerArgs {
  /** As in Dropout, in [0, 1): the noise has standard deviation `√(rate / (1 − rate))`. */
  readonly rate: number;
  /** Makes the draws repeatable, and equal to Keras's on JAX. Default: drawn anew. */
  readonly seed?: number | null;
}

/** In training multiplies by draws around 1; else returns its input. */
export class GaussianDropout extends RandomLayer {
  static override readonly className = "GaussianDropout";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "rate", "seed"];
  static readonly pure = true;

  constructor(args: GaussianDropoutArgs) {
    super(args, { name: "rate", value: args?.rate }, args?.seed);
  }

  get rate(): number {
    return this.strength;
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }

  protected override draw(x: Tensor, seed: SeedGenerator): Value {
    if (this.rate === 1)
      throw new ValueError(
        `GaussianDropout '${this.name}' cannot drop everything: the noise would be infinite. Received: rate=1`,
      );
    return ops.multiply(x, normal(x.shape, { mean: 1, stddev: Math.sqrt(this.rate / (1 - this.rate)), seed }));
  }
}

/** Makes a `GaussianDropout`, or adds it to a model, or calls it on tensors or symbols. */
export const gaussianDropout = factory(GaussianDropout);
