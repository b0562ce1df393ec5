/** AlphaDropout (Keras: `keras.layers.AlphaDropout`). */

import { ValueError } from "../errors.ts";
import { sizeOf } from "../op/output-shape.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { type SeedGenerator, uniformValues } from "../random/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { type Tensor, tensor } from "../tf.ts";
import { factory } from "./compose.ts";
import type { DropoutArgs } from "./dropout.ts";
import { LAYER_ARGUMENTS, type PartialShape } from "./layer-args.ts";
import { concreteNoiseShape, standardizeNoiseShape } from "./noise-shape.ts";
import { RandomLayer } from "./random-layer.ts";

/** In training sets elements to what selu approaches and rescales, so that mean and variance stay; else returns its input. */
export class AlphaDropout extends RandomLayer {
  static override readonly className = "AlphaDropout";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "rate", "noiseShape", "seed"];
  static readonly pure = true;
  readonly noiseShape: PartialShape | null;

  constructor(args: DropoutArgs) {
    super(args, { name: "rate", value: args?.rate }, args?.seed);
    // Keras finds out about other things than sizes when the layer is called.
    this.noiseShape = standardizeNoiseShape(args.noiseShape);
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
    const { rate } = this;
    if (rate === 1)
      throw new ValueError(
        `AlphaDropout '${this.name}' cannot drop everything: the scale would be infinite. Received: rate=1`,
      );
    const noiseShape = concreteNoiseShape(this.noiseShape, x.shape);
    const limit = Math.fround(rate);
    const kept = uniformValues(seed.next(), sizeOf(noiseShape), 0, 1).map((u) => (u >= limit ? 1 : 0));
    const mask = tensor(kept, noiseShape);
    const a = ((1 - rate) * (1 + rate * SELU_FLOOR ** 2)) ** -0.5;
    const mixed = ops.add(ops.multiply(x, mask), ops.affine(mask, -SELU_FLOOR, SELU_FLOOR));
    return ops.affine(mixed, a, -a * SELU_FLOOR * rate);
  }
}

const SELU_FLOOR = -1.6732632423543772 * 1.0507009873554805; // selu(−∞)

/** Makes a `AlphaDropout`, or adds it to a model, or calls it on tensors or symbols. */
export const alphaDropout = factory(AlphaDropout);
