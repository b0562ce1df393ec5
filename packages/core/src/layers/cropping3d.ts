/** Cropping3D (Keras: `keras.layers.Cropping3D`). */

import { standardizeDataFormat } from "../config.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import { Cropping } from "./cropping.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { type AxisPair, type AxisPairs, standardizePairs } from "./spatial-axes.ts";

/** Arguments of Cropping3D, named as in Keras. */
export interface Cropping3DArgs extends LayerArgs {
  /** What is left out: a number for all sides, or for each axis a number or `[before, after]`. Default 1. */
  readonly cropping?: AxisPairs;
  /** Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

/** Input `[batch, depth, rows, columns, channels]` (or channels first) → the same without its edges. */
export class Cropping3D extends Cropping {
  static override readonly className = "Cropping3D";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "cropping", "dataFormat"];
  static readonly pure = true;
  readonly cropping: readonly AxisPair[];
  readonly dataFormat: ConvDataFormat;

  constructor(args: Cropping3DArgs = {}) {
    super(3, args);
    this.dataFormat = standardizeDataFormat(args.dataFormat);
    this.cropping = standardizePairs(args.cropping === undefined ? 1 : args.cropping, 3, "cropping");
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

/** Makes a `Cropping3D`, or adds it to a model, or calls it on tensors or symbols. */
export const cropping3d = factory(Cropping3D);
