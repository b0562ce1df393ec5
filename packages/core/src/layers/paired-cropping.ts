/** What Cropping2D and Cropping3D share: a pair of numbers for each spatial axis, and a data format. */
import { standardizeDataFormat } from "../config.ts";
import type { ConvDataFormat } from "../geometry/conv-geometry.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { Cropping } from "./cropping.ts";
import { LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { type AxisPair, type AxisPairs, standardizePairs } from "./spatial-axes.ts";

export interface PairedCroppingArgs extends LayerArgs {
  /** What is left out: a number for all sides, or for each axis a number or `[before, after]`. */
  readonly cropping?: AxisPairs;
  /** Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

export abstract class PairedCropping extends Cropping {
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "cropping", "dataFormat"];
  readonly cropping: readonly AxisPair[];
  readonly dataFormat: ConvDataFormat;

  /** `standard` is what is left out of all sides where nothing is given. */
  constructor(rank: number, args: PairedCroppingArgs, standard: number) {
    super(rank, args);
    this.dataFormat = standardizeDataFormat(args.dataFormat);
    this.cropping = standardizePairs(args.cropping === undefined ? standard : args.cropping, rank, "cropping");
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
