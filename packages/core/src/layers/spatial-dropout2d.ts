/** SpatialDropout2D (Keras: `keras.layers.SpatialDropout2D`). */

import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import { SPATIAL_DROPOUT_ARGUMENTS, SpatialDropout, type SpatialDropoutFormatArgs } from "./spatial-dropout.ts";

/** In training sets whole channels of `[batch, height, width, channels]` to 0; else returns its input. */
export class SpatialDropout2D extends SpatialDropout {
  static override readonly className = "SpatialDropout2D";
  static override readonly argumentNames: readonly string[] = [...SPATIAL_DROPOUT_ARGUMENTS, "dataFormat"];
  static readonly pure = true;

  constructor(args: SpatialDropoutFormatArgs) {
    super(2, args);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), data_format: this.dataFormat };
  }
}

/** Makes a `SpatialDropout2D`, or adds it to a model, or calls it on tensors or symbols. */
export const spatialDropout2d = factory(SpatialDropout2D);
