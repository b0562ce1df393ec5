/** UpSampling2D (Keras: `keras.layers.UpSampling2D`). */

import { standardizeDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import { INTERPOLATIONS, type Interpolation } from "../geometry/resize-table.ts";
import { resize } from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { assertIntegers, standardizeTuple } from "./arguments.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "./layer-args.ts";
import { firstSpatialAxis, mapKnown, mapSpatial } from "./spatial-axes.ts";
import { repeatSpatial } from "./up-sampling.ts";

/** Arguments of UpSampling2D, named as in Keras. */
export interface UpSampling2DArgs extends LayerArgs {
  /** Factors of rows and columns: one number, or two. Default 2. */
  readonly size?: number | readonly number[];
  /** Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
  /** In any case; other names are refused when the layer is called. Default `"nearest"`, which repeats elements. */
  readonly interpolation?: Interpolation | Uppercase<Interpolation>;
}

/** Input `[batch, rows, columns, channels]` (or channels first) → rows and columns times `size`. */
export class UpSampling2D extends Layer {
  static override readonly className = "UpSampling2D";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    "size",
    "dataFormat",
    "interpolation",
  ];
  static readonly pure = true;
  readonly size: readonly number[];
  readonly dataFormat: ConvDataFormat;
  readonly interpolation: string;

  constructor(args: UpSampling2DArgs = {}) {
    super(args);
    const { size = 2, dataFormat, interpolation = "nearest" } = args;
    this.dataFormat = standardizeDataFormat(dataFormat);
    this.size = Object.freeze(standardizeTuple(size, 2, "size"));
    if (typeof interpolation !== "string")
      throw new ValueError(`interpolation must be a name. Received: interpolation=${formatValue(interpolation)}`);
    this.interpolation = interpolation.toLowerCase();
    this.inputSpec = { ndim: 4 };
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    assertIntegers(this.size, "size", this.name);
    return mapSpatial(inputShape, 2, this.dataFormat, (space) => mapKnown(space, (n, i) => n * (this.size[i] ?? 1)));
  }

  /** Keras rounds what it interpolates back to integers. */
  override get integerUse(): IntegerUse {
    return this.interpolation === "nearest" ? "kept" : "refused";
  }

  override call(inputs: Value): Value {
    const { dataFormat } = this;
    assertIntegers(this.size, "size", this.name);
    const interpolation = INTERPOLATIONS.find((name) => name === this.interpolation);
    if (!interpolation) {
      throw new ValueError(
        `Invalid \`interpolation\` of layer '${this.name}'. Expected one of {${INTERPOLATIONS.join(", ")}}. Received: interpolation=${formatValue(this.interpolation)}`,
      );
    }
    if (interpolation === "nearest") return repeatSpatial(inputs, this.size, dataFormat);
    const first = firstSpatialAxis(dataFormat);
    const size = this.size.map((factor, i) => factor * (shapeOf(inputs)[first + i] ?? 0));
    return resize(inputs, size, { interpolation, dataFormat });
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      size: [...this.size],
      data_format: this.dataFormat,
      interpolation: this.interpolation,
    };
  }
}

/** Makes a `UpSampling2D`, or adds it to a model, or calls it on tensors or symbols. */
export const upSampling2d = factory(UpSampling2D);
