/** Cropping2D (Keras: `keras.layers.Cropping2D`). */

import { factory } from "./compose.ts";
import { PairedCropping, type PairedCroppingArgs } from "./paired-cropping.ts";
import type { AxisPairs } from "./spatial-axes.ts";

/** Arguments of Cropping2D, named as in Keras. */
export interface Cropping2DArgs extends PairedCroppingArgs {
  /** What is left out: a number for all sides, or for each axis a number or `[before, after]`. Default 0. */
  readonly cropping?: AxisPairs;
}

/** Input `[batch, rows, columns, channels]` (or channels first) → the same without its edges. */
export class Cropping2D extends PairedCropping {
  static override readonly className = "Cropping2D";
  static readonly pure = true;

  constructor(args: Cropping2DArgs = {}) {
    super(2, args, 0);
  }
}

/** Makes a `Cropping2D`, or adds it to a model, or calls it on tensors or symbols. */
export const cropping2d = factory(Cropping2D);
