/** What ZeroPadding2D and ZeroPadding3D share: a pair of numbers for each spatial axis. */
import type { KerasConfig } from "../serialization/json.ts";
import { type AxisPair, type AxisPairs, standardizePairs } from "./spatial-axes.ts";
import { ZeroPadding, type ZeroPaddingArgs } from "./zero-padding.ts";

export interface PairedZeroPaddingArgs extends ZeroPaddingArgs {
  /** Zeros: a number for all sides, or for each axis a number or `[before, after]`. Default 1. A negative number is refused by the call, as in Keras. */
  readonly padding?: AxisPairs;
}

export abstract class PairedZeroPadding extends ZeroPadding {
  readonly padding: readonly AxisPair[];

  constructor(rank: number, args: PairedZeroPaddingArgs) {
    super(rank, args);
    const { padding = 1 } = args;
    this.padding = standardizePairs(padding, rank, "padding", { allowNegative: true });
  }

  override getConfig(): KerasConfig {
    const padding = this.padding.map((pair) => [...pair]);
    return { ...super.getConfig(), padding, data_format: this.dataFormat };
  }

  protected override get pairs(): readonly AxisPair[] {
    return this.padding;
  }
}
