/** UpSampling1D (Keras: `keras.layers.UpSampling1D`). */

import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { repeat } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "./layer-args.ts";
import { mapKnown, mapSpatial } from "./spatial-axes.ts";

/** Arguments of UpSampling1D, named as in Keras. */
export interface UpSampling1DArgs extends LayerArgs {
  /** How often each step is repeated: a number, nothing else. Default 2. */
  readonly size?: number;
}

/** Input `[batch, steps, channels]` → `[batch, size·steps, channels]`, whatever the data format. */
export class UpSampling1D extends Layer {
  static override readonly className = "UpSampling1D";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "size"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";
  readonly size: number;

  constructor(args: UpSampling1DArgs = {}) {
    super(args);
    const { size = 2 } = args;
    if (!Number.isInteger(size))
      throw new ValueError(`Expected an integer value for \`size\`. Received: size=${formatValue(size)}`);
    if (size <= 0)
      throw new ValueError(`Argument \`size\` should be a positive integer. Received: size=${formatValue(size)}`);
    this.size = size;
    this.inputSpec = { ndim: 3 };
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    return mapSpatial(inputShape, 1, "channels_last", (space) => mapKnown(space, (n) => n * this.size));
  }

  override call(inputs: Value): Value {
    return repeat(inputs, this.size, 1);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), size: this.size };
  }
}

/** Makes a `UpSampling1D`, or adds it to a model, or calls it on tensors or symbols. */
export const upSampling1d = factory(UpSampling1D);
