/** Activation (Keras: `keras.layers.Activation`). */

import * as activations from "../activations/index.ts";
import { ValueError } from "../errors.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { StatelessLayer } from "./stateless-layer.ts";

export interface ActivationArgs extends LayerArgs {
  /** A name, a function of a value, or a layer. */
  readonly activation: activations.ActivationIdentifier;
}

/** An activation function as a layer. */
export class Activation extends StatelessLayer {
  static override readonly className = "Activation";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "activation"];
  static readonly pure = true;
  readonly activation: activations.Activation;

  constructor(args: ActivationArgs) {
    super(args);
    if (args.activation === undefined)
      throw new ValueError("Activation is missing 1 required argument: 'activation'. Received: activation=None");
    this.activation = activations.get(args.activation);
  }

  protected override get callables(): readonly activations.Activation[] {
    return [this.activation];
  }

  protected override get sublayers(): readonly Layer[] {
    const source: unknown = this.activation?.source;
    return source instanceof Layer ? [source] : [];
  }

  override call(inputs: Value): Value {
    return this.activation.call(inputs);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), activation: activations.serialize(this.activation) };
  }
}

/** Makes a `Activation`, or adds it to a model, or calls it on tensors or symbols. */
export const activation = factory(Activation);
