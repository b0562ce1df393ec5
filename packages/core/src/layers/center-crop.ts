/** CenterCrop (Keras: `keras.layers.CenterCrop`). */

import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { factory } from "./compose.ts";
import { cut, cutToProportions, imageSize } from "./image-crop.ts";
import { IMAGE_LAYER_ARGUMENTS, ImageLayer, type ImageLayerArgs } from "./image-layer.ts";
import type { IntegerUse } from "./integers.ts";

/** The middle of each image; an image smaller than that is cut to the proportions and enlarged. Integers are cast to float32. */
export class CenterCrop extends ImageLayer {
  static override readonly className = "CenterCrop";
  static override readonly argumentNames: readonly string[] = IMAGE_LAYER_ARGUMENTS;
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";

  constructor(args: ImageLayerArgs) {
    super(args);
  }

  protected override transform(images: Value): Value {
    const { dataFormat } = this;
    const size = [this.height, this.width] as const;
    const [height, width] = imageSize(images, dataFormat);
    const start = [Math.floor((height - size[0]) / 2), Math.floor((width - size[1]) / 2)] as const;
    if (start[0] >= 0 && start[1] >= 0) return cut(images, start, size, dataFormat);
    return ops.resize(cutToProportions(images, size, dataFormat), size, { interpolation: "bilinear", dataFormat });
  }
}

/** Makes a `CenterCrop`, or adds it to a model, or calls it on tensors or symbols. */
export const centerCrop = factory(CenterCrop);
