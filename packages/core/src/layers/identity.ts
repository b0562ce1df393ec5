/** Identity (Keras: `keras.layers.Identity`). */

import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { Nested } from "../structure.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type Shapes } from "./layer-args.ts";
import { recordedConfig, recordedKeys } from "./recorded-arguments.ts";
import { StatelessLayer } from "./stateless-layer.ts";

/** Returns what it is given: one value, or lists and records of them. */
export class Identity extends StatelessLayer {
  static override readonly className = "Identity";
  static override readonly argumentNames: readonly string[] = LAYER_ARGUMENTS;
  static readonly pure = true;
  static override readonly integers: IntegerUse = "shown";

  readonly #given: readonly string[];

  constructor(args: LayerArgs = {}) {
    super(args);
    this.#given = recordedKeys(args);
  }

  override call(inputs: Nested<Value>): Nested<Value> {
    return inputs;
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    return inputShape;
  }

  override getConfig(): KerasConfig {
    return recordedConfig(super.getConfig(), {}, this.#given);
  }
}

/** Makes a `Identity`, or adds it to a model, or calls it on tensors or symbols. */
export const identity = factory(Identity);
