/** ReLU (Keras: `keras.layers.ReLU`). */

import * as activations from "../activations/index.ts";
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { StatelessLayer } from "./stateless-layer.ts";

export interface ReLUArgs extends LayerArgs {
  /** The largest output; null (default) for none. */
  readonly maxValue?: number | null;
  /** The slope below the threshold. Default 0. */
  readonly negativeSlope?: number;
  /** What is not above it becomes `negativeSlope·(x − threshold)`. Default 0. */
  readonly threshold?: number;
}

/** `x ≥ maxValue ? maxValue : x > threshold ? x : negativeSlope·(x − threshold)`. */
export class ReLU extends StatelessLayer {
  static override readonly className = "ReLU";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    "maxValue",
    "negativeSlope",
    "threshold",
  ];
  static readonly pure = true;
  readonly maxValue: number | null;
  readonly negativeSlope: number;
  readonly threshold: number;

  constructor(args: ReLUArgs = {}) {
    super(args);
    const { maxValue = null, negativeSlope = 0, threshold = 0 } = args;
    if (maxValue !== null) assertNotNegative(maxValue, "max_value", "a ReLU layer cannot be a negative value");
    assertNotNegative(negativeSlope, "negative_slope", "a ReLU layer cannot be None or a negative value");
    assertNotNegative(threshold, "threshold", "a ReLU layer cannot be None or a negative value");
    this.maxValue = maxValue;
    this.negativeSlope = negativeSlope;
    this.threshold = threshold;
  }

  /** Keras cuts the greatest value to an integer, and `x − threshold` wraps around; a slope makes float32. */
  override get integerUse(): IntegerUse {
    if (this.maxValue !== null && !Number.isInteger(this.maxValue)) return "refused";
    if (this.negativeSlope === 0) return "kept";
    return this.threshold === 0 ? "cast" : "averaged";
  }

  override call(inputs: Value): Value {
    const { negativeSlope, maxValue, threshold } = this;
    return activations.relu(inputs, { negativeSlope, maxValue, threshold });
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      max_value: this.maxValue,
      negative_slope: this.negativeSlope,
      threshold: this.threshold,
    };
  }
}

/** Refuses what is no number or below zero. `rule` completes "<name> of …". */
export function assertNotNegative(value: unknown, name: string, rule: string): asserts value is number {
  if (typeof value === "number" && !(value < 0)) return;
  throw new ValueError(`${name} of ${rule}. Received: ${name}=${formatValue(value)}`);
}

/** Makes a `ReLU`, or adds it to a model, or calls it on tensors or symbols. */
export const relu = factory(ReLU);
