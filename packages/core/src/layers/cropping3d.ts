/** Cropping3D (Keras: `keras.layers.Cropping3D`). */

import { factory } from "./compose.ts";
import { PairedCropping, type PairedCroppingArgs } from "./paired-cropping.ts";
import type { AxisPairs } from "./spatial-axes.ts";

/** Arguments of Cropping3D, named as in Keras. */
export interface Cropping3DArgs extends PairedCroppingArgs {
  /** What is left out: a number for all sides, or for each axis a number or `[before, after]`. Default 1. */
  readonly cropping?: AxisPairs;
}

/** Input `[batch, depth, rows, columns, channels]` (or channels first) → the same without its edges. */
export class Cropping3D extends PairedCropping {
  static override readonly className = "Cropping3D";
  static readonly pure = true;

  constructor(args: Cropping3DArgs = {}) {
    super(3, args, 1);
  }
}

/** Makes a `Cropping3D`, or adds it to a model, or calls it on tensors or symbols. */
export const cropping3d = factory(Cropping3D);
