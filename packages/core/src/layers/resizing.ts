/** Resizing (Keras: `keras.layers.Resizing`). */

import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { Interpolation } from "../geometry/resize-table.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import { cutToProportions, padToProportions } from "./image-crop.ts";
import { IMAGE_LAYER_ARGUMENTS, ImageLayer, type ImageLayerArgs } from "./image-layer.ts";

export interface ResizingArgs extends ImageLayerArgs {
  /** Default `"bilinear"`. */
  readonly interpolation?: Interpolation;
  /** Cuts the image to the proportions of the output first, from its middle. Default false. */
  readonly cropToAspectRatio?: boolean;
  /** Fills the image up to the proportions of the output first. Default false. */
  readonly padToAspectRatio?: boolean;
  /** Only `"constant"`. */
  readonly fillMode?: "constant";
  /** What the image is filled up with. Default 0. */
  readonly fillValue?: number;
  /** Averages what is left out when an image shrinks. Default false. */
  readonly antialias?: boolean;
}

/** Images of another height and width, by interpolation with half-pixel centres. Float32 only: Keras keeps integers integers. */
export class Resizing extends ImageLayer {
  static override readonly className = "Resizing";
  static override readonly argumentNames: readonly string[] = [
    ...IMAGE_LAYER_ARGUMENTS,
    "interpolation",
    "cropToAspectRatio",
    "padToAspectRatio",
    "fillMode",
    "fillValue",
    "antialias",
  ];
  static readonly pure = true;
  readonly interpolation: Interpolation;
  readonly cropToAspectRatio: boolean;
  readonly padToAspectRatio: boolean;
  readonly fillMode: string;
  readonly fillValue: number;
  readonly antialias: boolean;

  constructor(args: ResizingArgs) {
    super(args);
    this.interpolation = args.interpolation === undefined ? "bilinear" : args.interpolation;
    this.cropToAspectRatio = args.cropToAspectRatio ?? false;
    this.padToAspectRatio = args.padToAspectRatio ?? false;
    this.fillMode = args.fillMode ?? "constant";
    this.fillValue = args.fillValue ?? 0;
    this.antialias = Boolean(args.antialias ?? false);
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      interpolation: this.interpolation,
      crop_to_aspect_ratio: this.cropToAspectRatio,
      pad_to_aspect_ratio: this.padToAspectRatio,
      fill_mode: this.fillMode,
      fill_value: this.fillValue,
      antialias: this.antialias,
    };
  }

  /** Like Keras, it looks at most of its arguments only now. */
  protected override transform(images: Value): Value {
    const { interpolation, antialias, dataFormat } = this;
    if (this.fillMode !== "constant") {
      throw new ValueError(
        `Invalid value for argument \`fill_mode\`. Only \`'constant'\` is supported. Received: fill_mode=${formatValue(this.fillMode)}`,
      );
    }
    if (this.cropToAspectRatio && this.padToAspectRatio) {
      throw new ValueError(
        "Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`. Received: pad_to_aspect_ratio=True, crop_to_aspect_ratio=True",
      );
    }
    const size = [this.height, this.width] as const;
    const x = this.cropToAspectRatio
      ? cutToProportions(images, size, dataFormat)
      : this.padToAspectRatio
        ? padToProportions(images, size, this.fillValue, dataFormat)
        : images;
    return ops.resize(x, size, { interpolation, antialias, dataFormat });
  }
}

/** Makes a `Resizing`, or adds it to a model, or calls it on tensors or symbols. */
export const resizing = factory(Resizing);
