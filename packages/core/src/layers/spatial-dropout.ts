/** What SpatialDropout1D, 2D and 3D share (Keras: `BaseSpatialDropout`): whole channels are dropped. */
import { standardizeDataFormat } from "../config.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import type { Value } from "../ops/value.ts";
import type { SeedGenerator } from "../random/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { Tensor } from "../tf.ts";
import { dropped } from "./dropout.ts";
import type { LayerArgs } from "./layer-args.ts";
import { RandomLayer } from "./random-layer.ts";

/** Unlike other layers these take no `trainable` and no `activityRegularizer`. */
export interface SpatialDropoutArgs extends Pick<LayerArgs, "name" | "dtype"> {
  /** The share of channels that become 0, in [0, 1]. */
  readonly rate: number;
  /** Makes the draws repeatable, and equal to Keras's on JAX. Default: drawn anew. */
  readonly seed?: number | null;
}

export interface SpatialDropoutFormatArgs extends SpatialDropoutArgs {
  /** `"channels_last"` or `"channels_first"`. Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

export const SPATIAL_DROPOUT_ARGUMENTS = ["name", "dtype", "rate", "seed"] as const;

/** One draw for each sample and channel. */
export abstract class SpatialDropout extends RandomLayer {
  readonly dataFormat: ConvDataFormat;

  constructor(rank: number, args: SpatialDropoutFormatArgs) {
    super(args, { name: "rate", value: args?.rate }, args?.seed);
    // SpatialDropout1D has no data format: its channels come last.
    this.dataFormat = rank === 1 ? "channels_last" : standardizeDataFormat(args.dataFormat);
    this.inputSpec = { ndim: rank + 2 };
  }

  get rate(): number {
    return this.strength;
  }

  /** Keras leaves out `trainable` here, and writes the dtype as a plain string. */
  override getConfig(): KerasConfig {
    return { rate: this.rate, seed: this.seed, name: this.name, dtype: this.dtype };
  }

  protected override draw(x: Tensor, seed: SeedGenerator): Value {
    const channelAxis = this.dataFormat === "channels_last" ? x.shape.length - 1 : 1;
    const noiseShape = x.shape.map((n, i) => (i === 0 || i === channelAxis ? n : 1));
    return dropped(x, this.rate, noiseShape, seed);
  }
}
