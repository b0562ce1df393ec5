/** ELU (Keras: `keras.layers.ELU`). */

import * as activations from "../activations/index.ts";
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { recordedConfig, recordedKeys } from "./recorded-arguments.ts";
import { StatelessLayer } from "./stateless-layer.ts";

export interface ELUArgs extends LayerArgs {
  /** What the output approaches below 0, negated. Default 1. */
  readonly alpha?: number;
}

/** `x > 0 ? x : alpha·(eˣ − 1)`. */
export class ELU extends StatelessLayer {
  static override readonly className = "ELU";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "alpha"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";
  readonly alpha: number;
  readonly #given: readonly string[];

  constructor(args: ELUArgs = {}) {
    super(args);
    const { alpha = 1 } = args;
    // Keras finds out when the layer is called.
    if (typeof alpha !== "number")
      throw new ValueError(`alpha must be a number. Received: alpha=${formatValue(alpha)}`);
    this.alpha = alpha;
    this.#given = recordedKeys(args);
  }

  override call(inputs: Value): Value {
    return activations.elu(inputs, { alpha: this.alpha });
  }

  override getConfig(): KerasConfig {
    return recordedConfig(super.getConfig(), { alpha: this.alpha }, this.#given);
  }
}

/** Makes a `ELU`, or adds it to a model, or calls it on tensors or symbols. */
export const elu = factory(ELU);
