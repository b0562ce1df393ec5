/** Masking (Keras: `keras.layers.Masking`). */

import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { StatelessLayer } from "./stateless-layer.ts";

export interface MaskingArgs extends LayerArgs {
  /** Steps all of whose features equal it are left out by the layers that follow. Default 0. */
  readonly maskValue?: number;
}

/** Gives its output a mask of the steps that count, and sets the others to 0. Input `[batch, steps, …, features]`. */
export class Masking extends StatelessLayer {
  static override readonly className = "Masking";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "maskValue"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";
  readonly maskValue: number;

  constructor(args: MaskingArgs = {}) {
    super(args);
    const { maskValue = 0 } = args;
    // Keras finds out when the layer is called.
    if (typeof maskValue !== "number")
      throw new ValueError(`mask_value must be a number. Received: mask_value=${formatValue(maskValue)}`);
    this.maskValue = maskValue;
  }

  override call(inputs: Value): Value {
    return ops.where(this.#counts(inputs, true), inputs, 0);
  }

  override computeMask(inputs: Value): Value {
    return this.#counts(inputs, false);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), mask_value: this.maskValue };
  }

  /** 1 for each step with a feature that differs from the mask value. */
  #counts(inputs: Value, keepdims: boolean): Value {
    return ops.any(ops.notEqual(inputs, this.maskValue), { axis: -1, keepdims });
  }
}

/** Makes a `Masking`, or adds it to a model, or calls it on tensors or symbols. */
export const masking = factory(Masking);
