/** Add (Keras: `keras.layers.Add`). */
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { Merge } from "./merge.ts";

/** The sum of its inputs. */
export class Add extends Merge {
  static override readonly className = "Add";
  static readonly pure = true;

  protected override merge(inputs: readonly Value[]): Value {
    return inputs.reduce((a, b) => ops.add(a, b));
  }
}
