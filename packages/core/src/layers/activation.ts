/** Activation (Keras: `keras.layers.Activation`). */

import * as activations from "../activations/index.ts";
import { ValueError } from "../errors.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { StatelessLayer } from "./stateless-layer.ts";

export interface ActivationArgs extends LayerArgs {
  /** A name, a function of a value, or a layer. */
  readonly activation: activations.ActivationIdentifier;
}

/** What Keras's functions compute on integers as on floats; it cannot, or not as well, with the others. */
const INTEGER_USES: Readonly<Record<string, IntegerUse>> = {
  ...uses("kept", "linear", "relu"),
  ...uses("cast", "celu", "elu", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "leaky_relu", "mish", "relu6"),
  ...uses("cast", "selu", "soft_shrink", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "tanh"),
  ...uses("cast", "tanh_shrink"),
  ...uses("summed", "hard_tanh"),
  ...uses("averaged", "exponential", "log_sigmoid", "log_softmax", "softmax"),
};

function uses(use: IntegerUse, ...names: readonly string[]): Record<string, IntegerUse> {
  return Object.fromEntries(names.map((name) => [name, use]));
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

  override get integerUse(): IntegerUse {
    const { builtIn, name } = this.activation;
    return (builtIn ? INTEGER_USES[name] : undefined) ?? "refused";
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
