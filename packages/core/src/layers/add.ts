/** Add (Keras: `keras.layers.Add`). */

import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Merge } from "./merge.ts";

/** The sum of its inputs. */
export class Add extends Merge {
  static override readonly className = "Add";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "summed";

  protected override merge(inputs: readonly Value[]): Value {
    return inputs.reduce((a, b) => ops.add(a, b));
  }
}

/** Makes a `Add`, or adds it to a model, or calls it on tensors or symbols. */
export const add = factory(Add);
