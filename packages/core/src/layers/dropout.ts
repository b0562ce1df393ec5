/** Dropout (Keras: `keras.layers.Dropout`). */

import { sizeOf } from "../op/output-shape.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { bernoulliValues, type SeedGenerator } from "../random/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { type Tensor, tensor } from "../tf.ts";
import { factory } from "./compose.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "./layer-args.ts";
import { concreteNoiseShape, standardizeNoiseShape } from "./noise-shape.ts";
import { RandomLayer } from "./random-layer.ts";

export interface DropoutArgs extends LayerArgs {
  /** The share of elements that become 0, in [0, 1]. */
  readonly rate: number;
  /** Shape of the draw: 1 on an axis drops it as a whole, null is the input's size. Default: the input's shape. */
  readonly noiseShape?: PartialShape | null;
  /** Makes the draws repeatable, and equal to Keras's on JAX. Default: drawn anew. */
  readonly seed?: number | null;
}

/** In training sets elements to 0 with probability `rate` and divides the others by `1 − rate`; else returns its input. */
export class Dropout extends RandomLayer {
  static override readonly className: string = "Dropout";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "rate", "noiseShape", "seed"];
  static readonly pure: boolean = true;
  readonly noiseShape: PartialShape | null;

  constructor(args: DropoutArgs) {
    let noiseShape: PartialShape | null = null;
    super(args, { name: "rate", value: args?.rate }, args?.seed, () => {
      noiseShape = standardizeNoiseShape(args.noiseShape);
    });
    this.noiseShape = noiseShape;
  }

  get rate(): number {
    return this.strength;
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      rate: this.rate,
      seed: this.seed,
      noise_shape: this.noiseShape && [...this.noiseShape],
    };
  }

  protected override draw(x: Tensor, seed: SeedGenerator): Value {
    return dropped(x, this.rate, concreteNoiseShape(this.noiseShape, x.shape), seed);
  }
}

/** x with elements dropped, drawn in this shape. Source: `keras.random.dropout` on JAX. */
export function dropped(x: Tensor, rate: number, noiseShape: readonly number[], seed: SeedGenerator): Value {
  // Nothing is drawn where nothing is kept.
  if (rate === 1) return ops.where(tensor([0], [1]), x, 0);
  const kept = tensor(bernoulliValues(seed.next(), sizeOf(noiseShape), 1 - rate), [...noiseShape]);
  return ops.where(kept, ops.divide(x, tensor([1 - rate], [1])), 0);
}

/** Makes a `Dropout`, or adds it to a model, or calls it on tensors or symbols. */
export const dropout = factory(Dropout);
