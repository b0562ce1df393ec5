/** StochasticDepth, which ConvNeXt models with a drop path hold (Keras: `keras.src.applications.convnext.StochasticDepth`, not public there). */

import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { drawSeed, uniformValues } from "../random/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { isTensor, tensor } from "../tf.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { type CallOptions, LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { requireArguments } from "./require-arguments.ts";

export interface StochasticDepthArgs extends LayerArgs {
  /** The share of samples that become 0 in training. */
  readonly dropPathRate: number;
}

/**
 * In training sets whole samples to 0 with probability `dropPathRate` and divides the others by `1 − dropPathRate`; else returns
 * its input. It has no seed of its own: it draws from the global generator, which `random.setRandomSeed` starts anew.
 */
export class StochasticDepth extends Layer {
  static readonly module: string = "keras.src.applications.convnext";
  static override readonly className = "StochasticDepth";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "dropPathRate"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";
  readonly dropPathRate: number;

  constructor(args: StochasticDepthArgs) {
    super(args);
    requireArguments("StochasticDepth", args, "dropPathRate");
    this.dropPathRate = args.dropPathRate;
  }

  override call(inputs: Value, options: CallOptions = {}): Value {
    if (!options.training) return inputs;
    const rate: unknown = this.dropPathRate;
    // Keras finds out here.
    if (typeof rate !== "number") {
      throw new ValueError(
        `Layer '${this.name}': drop_path_rate must be a number. Received: drop_path_rate=${formatValue(rate)}`,
      );
    }
    if (!isTensor(inputs)) {
      throw new UnsupportedError(
        `StochasticDepth '${this.name}' cannot be planned with training=true: it draws other numbers at each call. Call it with apply().`,
      );
    }
    const [batch = 1, ...rest] = inputs.shape;
    const kept = Math.fround(1 - rate);
    const drawn = uniformValues(drawSeed(null), batch, 0, 1).map((u) => Math.floor(Math.fround(kept + u)));
    const perSample = tensor(drawn, [batch, ...rest.map(() => 1)]);
    return ops.multiply(ops.divide(inputs, tensor([kept], [1])), perSample);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    return [...inputShape];
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), drop_path_rate: this.dropPathRate };
  }
}

/** Makes a `StochasticDepth`, or adds it to a model, or calls it on tensors or symbols. */
export const stochasticDepth = factory(StochasticDepth);
