/** Minimum (Keras: `keras.layers.Minimum`). */

import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { mergeWhereCounted } from "./masked-merge.ts";
import { Merge } from "./merge.ts";

/** The smallest of its inputs, element by element; an input that a mask leaves out does not count. */
export class Minimum extends Merge {
  static override readonly className = "Minimum";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";

  protected override merge(inputs: readonly Value[]): Value {
    return mergeWhereCounted(inputs, (a, b) => ops.minimum(a, b));
  }
}

/** Makes a `Minimum`, or adds it to a model, or calls it on tensors or symbols. */
export const minimum = factory(Minimum);
