/** LeakyReLU (Keras: `keras.layers.LeakyReLU`). */

import * as activations from "../activations/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { assertNotNegative } from "./relu.ts";
import { StatelessLayer } from "./stateless-layer.ts";

export interface LeakyReLUArgs extends LayerArgs {
  /** The slope below 0. Default 0.3 (the function's is 0.2). */
  readonly negativeSlope?: number;
  /** What Keras 2 called `negativeSlope`; it wins where both are given. */
  readonly alpha?: number;
}

/** `x ≥ 0 ? x : negativeSlope·x`. */
export class LeakyReLU extends StatelessLayer {
  static override readonly className = "LeakyReLU";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "negativeSlope", "alpha"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";
  readonly negativeSlope: number;

  constructor(args: LeakyReLUArgs = {}) {
    super(args);
    const { negativeSlope = 0.3, alpha = negativeSlope } = args;
    assertNotNegative(alpha, "negative_slope", "a Leaky ReLU layer cannot be None or a negative value");
    this.negativeSlope = alpha;
  }

  override call(inputs: Value): Value {
    return activations.leakyRelu(inputs, { negativeSlope: this.negativeSlope });
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), negative_slope: this.negativeSlope };
  }
}

/** Makes a `LeakyReLU`, or adds it to a model, or calls it on tensors or symbols. */
export const leakyRelu = factory(LeakyReLU);
