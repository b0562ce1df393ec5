/** The base of layers that change the size of images (Keras: `BaseImagePreprocessingLayer`). */
import { standardizeDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { imageAxes } from "./image-crop.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";

export interface ImageLayerArgs extends LayerArgs {
  /** Height of the output. */
  readonly height: number;
  /** Width of the output. */
  readonly width: number;
  /** `"channels_last"` or `"channels_first"`. Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

export const IMAGE_LAYER_ARGUMENTS = [...LAYER_ARGUMENTS, "height", "width", "dataFormat"] as const;

/** Takes an image `[height, width, channels]` or a batch of images. */
export abstract class ImageLayer extends Layer {
  static override readonly trainingDefault: boolean | null = true;
  readonly height: number;
  readonly width: number;
  readonly dataFormat: ConvDataFormat;

  constructor(args: ImageLayerArgs) {
    super(args);
    this.dataFormat = standardizeDataFormat(args.dataFormat);
    this.height = given(args.height, "height");
    this.width = given(args.width, "width");
  }

  override call(inputs: Value): Value {
    const shape = shapeOf(inputs);
    if (shape.length !== 3 && shape.length !== 4) {
      throw new ValueError(
        `Expected image tensor to have rank 3 (single image) or 4 (batch of images). Received: data.shape=${formatShape(shape)}`,
      );
    }
    return this.transform(inputs);
  }

  /** The images in their new size. */
  protected abstract transform(images: Value): Value;

  override computeOutputShape(inputShape: PartialShape): Shapes {
    if (inputShape.length !== 3 && inputShape.length !== 4) {
      throw new ValueError(
        `\`input_shape\` must be of rank 3 (unbatched) or 4 (batched). Received: input_shape=${formatShape(inputShape)}`,
      );
    }
    const [h, w] = imageAxes(inputShape.length, this.dataFormat);
    return inputShape.map((n, i) => (i === h ? this.height : i === w ? this.width : n));
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), data_format: this.dataFormat, height: this.height, width: this.width };
  }
}

/** Refuses an argument that was left out. As in Keras, calls find out whether it is a size. */
function given(size: number, name: string): number {
  if (size !== undefined) return size;
  throw new ValueError(`Argument \`${name}\` is required: the size of the output. Received: ${name}=undefined`);
}
