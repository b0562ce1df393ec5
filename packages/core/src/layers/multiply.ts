/** Multiply (Keras: `keras.layers.Multiply`). */

import type { Value } from "../ops/value.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { multiplyWhereCounted } from "./masked-merge.ts";
import { Merge } from "./merge.ts";

/** The product of its inputs; an input that a mask leaves out counts as 1, and 0 comes out where none counts. */
export class Multiply extends Merge {
  static override readonly className = "Multiply";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "summed";

  protected override merge(inputs: readonly Value[]): Value {
    return multiplyWhereCounted(inputs);
  }
}

/** Makes a `Multiply`, or adds it to a model, or calls it on tensors or symbols. */
export const multiply = factory(Multiply);
