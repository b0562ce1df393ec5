/** SpatialDropout1D (Keras: `keras.layers.SpatialDropout1D`). */
import { factory } from "./compose.ts";
import { SPATIAL_DROPOUT_ARGUMENTS, SpatialDropout, type SpatialDropoutArgs } from "./spatial-dropout.ts";

/** In training sets whole channels of `[batch, steps, channels]` to 0; else returns its input. */
export class SpatialDropout1D extends SpatialDropout {
  static override readonly className = "SpatialDropout1D";
  static override readonly argumentNames: readonly string[] = SPATIAL_DROPOUT_ARGUMENTS;
  static readonly pure = true;

  constructor(args: SpatialDropoutArgs) {
    super(1, args);
  }
}

/** Makes a `SpatialDropout1D`, or adds it to a model, or calls it on tensors or symbols. */
export const spatialDropout1d = factory(SpatialDropout1D);
