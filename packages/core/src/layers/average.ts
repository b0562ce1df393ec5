/** Average (Keras: `keras.layers.Average`). */
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { Merge } from "./merge.ts";

/** The mean of its inputs. */
export class Average extends Merge {
  static override readonly className = "Average";
  static readonly pure = true;

  protected override merge(inputs: readonly Value[]): Value {
    const total = inputs.reduce((a, b) => ops.add(a, b));
    return ops.multiply(total, 1 / inputs.length);
  }
}
