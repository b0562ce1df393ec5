/** ZeroPadding3D (Keras: `keras.layers.ZeroPadding3D`). */

import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import { type AxisPair, type AxisPairs, standardizePairs } from "./spatial-axes.ts";
import { ZeroPadding, type ZeroPaddingArgs } from "./zero-padding.ts";

/** Arguments of ZeroPadding3D, named as in Keras. */
export interface ZeroPadding3DArgs extends ZeroPaddingArgs {
  /** Zeros: a number for all sides, or for each axis a number or `[before, after]`. Default 1. A negative number is refused by the call, as in Keras. */
  readonly padding?: AxisPairs;
}

/** Input `[batch, depth, rows, columns, channels]` (or channels first) → the same with zeros around it. */
export class ZeroPadding3D extends ZeroPadding {
  static override readonly className = "ZeroPadding3D";
  static readonly pure = true;
  readonly padding: readonly AxisPair[];

  constructor(args: ZeroPadding3DArgs = {}) {
    super(3, args);
    this.padding = standardizePairs(args.padding === undefined ? 1 : args.padding, 3, "padding", {
      allowNegative: true,
    });
  }

  override getConfig(): KerasConfig {
    const padding = this.padding.map((pair) => [...pair]);
    return { ...super.getConfig(), padding, data_format: this.dataFormat };
  }

  protected override get pairs(): readonly AxisPair[] {
    return this.padding;
  }
}

/** Makes a `ZeroPadding3D`, or adds it to a model, or calls it on tensors or symbols. */
export const zeroPadding3d = factory(ZeroPadding3D);
