/** UpSampling3D (Keras: `keras.layers.UpSampling3D`). */

import { standardizeDataFormat } from "../config.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { assertIntegers, standardizeTuple } from "./arguments.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "./layer-args.ts";
import { mapKnown, mapSpatial } from "./spatial-axes.ts";
import { repeatSpatial } from "./up-sampling.ts";

/** Arguments of UpSampling3D, named as in Keras. */
export interface UpSampling3DArgs extends LayerArgs {
  /** How often elements of each axis are repeated: one number, or three. Default 2. */
  readonly size?: number | readonly number[];
  /** Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

/** Input `[batch, depth, rows, columns, channels]` (or channels first) → spatial sizes times `size`. */
export class UpSampling3D extends Layer {
  static override readonly className = "UpSampling3D";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "size", "dataFormat"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";
  readonly size: readonly number[];
  readonly dataFormat: ConvDataFormat;

  constructor(args: UpSampling3DArgs = {}) {
    super(args);
    this.dataFormat = standardizeDataFormat(args.dataFormat);
    this.size = Object.freeze(standardizeTuple(args.size === undefined ? 2 : args.size, 3, "size"));
    this.inputSpec = { ndim: 5 };
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    assertIntegers(this.size, "size", this.name);
    return mapSpatial(inputShape, 3, this.dataFormat, (space) => mapKnown(space, (n, i) => n * (this.size[i] ?? 1)));
  }

  override call(inputs: Value): Value {
    return repeatSpatial(inputs, this.size, this.dataFormat);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), size: [...this.size], data_format: this.dataFormat };
  }
}

/** Makes a `UpSampling3D`, or adds it to a model, or calls it on tensors or symbols. */
export const upSampling3d = factory(UpSampling3D);
