/** UnitNormalization (Keras: `keras.layers.UnitNormalization`). */

import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { assertAxis, axisConfig, standardizeAxis } from "./axis-size.ts";
import { factory } from "./compose.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { StatelessLayer } from "./stateless-layer.ts";

export interface UnitNormalizationArgs extends LayerArgs {
  /** The axis, or the axes together, that the norm is taken over. Default −1. */
  readonly axis?: number | readonly number[];
}

/** `x / ‖x‖₂` over the axes; a zero vector stays zero. */
export class UnitNormalization extends StatelessLayer {
  static override readonly className = "UnitNormalization";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "axis"];
  static readonly pure = true;
  readonly axis: number | readonly number[];

  constructor(args: UnitNormalizationArgs = {}) {
    super(args);
    this.axis = standardizeAxis(args.axis === undefined ? -1 : args.axis);
  }

  override call(inputs: Value): Value {
    return ops.normalize(inputs, { axis: this.axis, epsilon: 1e-12 });
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    for (const axis of typeof this.axis === "number" ? [this.axis] : this.axis)
      assertAxis(inputShape, axis, this.axis, this.name);
    return [...inputShape];
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), axis: axisConfig(this.axis) };
  }
}

/** Makes a `UnitNormalization`, or adds it to a model, or calls it on tensors or symbols. */
export const unitNormalization = factory(UnitNormalization);
