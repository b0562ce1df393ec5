/** ZeroPadding3D (Keras: `keras.layers.ZeroPadding3D`). */

import { factory } from "./compose.ts";
import { PairedZeroPadding, type PairedZeroPaddingArgs } from "./paired-zero-padding.ts";

/** Arguments of ZeroPadding3D, named as in Keras. */
export interface ZeroPadding3DArgs extends PairedZeroPaddingArgs {}

/** Input `[batch, depth, rows, columns, channels]` (or channels first) → the same with zeros around it. */
export class ZeroPadding3D extends PairedZeroPadding {
  static override readonly className = "ZeroPadding3D";
  static readonly pure = true;

  constructor(args: ZeroPadding3DArgs = {}) {
    super(3, args);
  }
}

/** Makes a `ZeroPadding3D`, or adds it to a model, or calls it on tensors or symbols. */
export const zeroPadding3d = factory(ZeroPadding3D);
