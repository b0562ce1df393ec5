/** SpatialDropout3D (Keras: `keras.layers.SpatialDropout3D`). */

import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import { SPATIAL_DROPOUT_ARGUMENTS, SpatialDropout, type SpatialDropoutFormatArgs } from "./spatial-dropout.ts";

/** In training sets whole channels of `[batch, depth, height, width, channels]` to 0; else returns its input. */
export class SpatialDropout3D extends SpatialDropout {
  static override readonly className = "SpatialDropout3D";
  static override readonly argumentNames: readonly string[] = [...SPATIAL_DROPOUT_ARGUMENTS, "dataFormat"];
  static readonly pure = true;

  constructor(args: SpatialDropoutFormatArgs) {
    super(3, args);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), data_format: this.dataFormat };
  }
}

/** Makes a `SpatialDropout3D`, or adds it to a model, or calls it on tensors or symbols. */
export const spatialDropout3d = factory(SpatialDropout3D);
