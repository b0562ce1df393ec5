/** ZeroPadding1D (Keras: `keras.layers.ZeroPadding1D`). */

import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import { type AxisPair, standardizePair } from "./spatial-axes.ts";
import { ZeroPadding, type ZeroPaddingArgs } from "./zero-padding.ts";

/** Arguments of ZeroPadding1D, named as in Keras. */
export interface ZeroPadding1DArgs extends ZeroPaddingArgs {
  /** Zeros at both ends: one number, or `[left, right]`. Default 1. */
  readonly padding?: number | AxisPair;
}

/** Input `[batch, steps, channels]` (or channels first) → `[batch, left + steps + right, channels]`. */
export class ZeroPadding1D extends ZeroPadding {
  static override readonly className = "ZeroPadding1D";
  static readonly pure = true;
  readonly padding: AxisPair;

  constructor(args: ZeroPadding1DArgs = {}) {
    super(1, args);
    this.padding = standardizePair(args.padding === undefined ? 1 : args.padding, "padding");
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), padding: [...this.padding], data_format: this.dataFormat };
  }

  protected override get pairs(): readonly AxisPair[] {
    return [this.padding];
  }
}

/** Makes a `ZeroPadding1D`, or adds it to a model, or calls it on tensors or symbols. */
export const zeroPadding1d = factory(ZeroPadding1D);
