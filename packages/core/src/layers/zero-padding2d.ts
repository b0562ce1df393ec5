/** ZeroPadding2D (Keras: `keras.layers.ZeroPadding2D`). */

import { factory } from "./compose.ts";
import { PairedZeroPadding, type PairedZeroPaddingArgs } from "./paired-zero-padding.ts";

/** Arguments of ZeroPadding2D, named as in Keras. */
export interface ZeroPadding2DArgs extends PairedZeroPaddingArgs {}

/** Input `[batch, rows, columns, channels]` (or channels first) → the same with zeros around it. */
export class ZeroPadding2D extends PairedZeroPadding {
  static override readonly className = "ZeroPadding2D";
  static readonly pure = true;

  constructor(args: ZeroPadding2DArgs = {}) {
    super(2, args);
  }
}

/** Makes a `ZeroPadding2D`, or adds it to a model, or calls it on tensors or symbols. */
export const zeroPadding2d = factory(ZeroPadding2D);
