/** Pooling over all of the spatial axes (Keras: `BaseGlobalPooling`). */
import { standardizeDataFormat } from "../config.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "./layer-args.ts";
import { firstSpatialAxis } from "./spatial-axes.ts";

/** Arguments of global pooling, named as in Keras. */
export interface GlobalPoolingArgs extends LayerArgs {
  /** Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
  /** Whether the spatial axes stay, with size 1. Default false. */
  readonly keepdims?: boolean;
}

/** No weights: the layer counts as built at once. */
export abstract class BaseGlobalPooling extends Layer {
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "dataFormat", "keepdims"];
  readonly dataFormat: ConvDataFormat;
  readonly keepdims: boolean;
  readonly #rank: number;

  constructor(rank: number, args: GlobalPoolingArgs) {
    super(args);
    this.#rank = rank;
    this.dataFormat = standardizeDataFormat(args.dataFormat);
    this.keepdims = Boolean(args.keepdims);
    this.inputSpec = { ndim: rank + 2 };
  }

  override get built(): boolean {
    return true;
  }

  override getBuildConfig(): KerasConfig | null {
    return null;
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    const first = this.dataFormat === "channels_first";
    const channels = (first ? inputShape[1] : inputShape.at(-1)) ?? null;
    const batch = inputShape[0] ?? null;
    const ones = this.keepdims ? inputShape.slice(2).map(() => 1) : [];
    return first ? [batch, channels, ...ones] : [batch, ...ones, channels];
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), data_format: this.dataFormat, keepdims: this.keepdims };
  }

  /** What to reduce, and how. */
  protected get reduction(): { readonly axis: readonly number[]; readonly keepdims: boolean } {
    const first = firstSpatialAxis(this.dataFormat);
    return { axis: Array.from({ length: this.#rank }, (_, i) => first + i), keepdims: this.keepdims };
  }
}
