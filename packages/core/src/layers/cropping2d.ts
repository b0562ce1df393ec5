/** Cropping2D (Keras: `keras.layers.Cropping2D`). */

import { standardizeDataFormat } from "../config.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import { Cropping } from "./cropping.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { type AxisPair, type AxisPairs, standardizePairs } from "./spatial-axes.ts";

/** Arguments of Cropping2D, named as in Keras. */
export interface Cropping2DArgs extends LayerArgs {
  /** What is left out: a number for all sides, or for each axis a number or `[before, after]`. Default 0. */
  readonly cropping?: AxisPairs;
  /** Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

/** Input `[batch, rows, columns, channels]` (or channels first) → the same without its edges. */
export class Cropping2D extends Cropping {
  static override readonly className = "Cropping2D";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "cropping", "dataFormat"];
  static readonly pure = true;
  readonly cropping: readonly AxisPair[];
  readonly dataFormat: ConvDataFormat;

  constructor(args: Cropping2DArgs = {}) {
    super(2, args);
    this.dataFormat = standardizeDataFormat(args.dataFormat);
    this.cropping = standardizePairs(args.cropping === undefined ? 0 : args.cropping, 2, "cropping");
  }

  override getConfig(): KerasConfig {
    const cropping = this.cropping.map((pair) => [...pair]);
    return { ...super.getConfig(), cropping, data_format: this.dataFormat };
  }

  protected override get pairs(): readonly AxisPair[] {
    return this.cropping;
  }

  protected override get layout(): ConvDataFormat {
    return this.dataFormat;
  }
}

/** Makes a `Cropping2D`, or adds it to a model, or calls it on tensors or symbols. */
export const cropping2d = factory(Cropping2D);
