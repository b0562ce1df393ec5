/** Average (Keras: `keras.layers.Average`). */

import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Merge } from "./merge.ts";

/** The mean of its inputs. */
export class Average extends Merge {
  static override readonly className = "Average";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "averaged";

  protected override merge(inputs: readonly Value[]): Value {
    const total = inputs.reduce((a, b) => ops.add(a, b));
    return ops.multiply(total, 1 / inputs.length);
  }
}

/** Makes a `Average`, or adds it to a model, or calls it on tensors or symbols. */
export const average = factory(Average);
