/** Subtract (Keras: `keras.layers.Subtract`). */

import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import type { Shapes } from "./layer-args.ts";
import { Merge } from "./merge.ts";

/** The first of two inputs minus the second. */
export class Subtract extends Merge {
  static override readonly className = "Subtract";
  static readonly pure = true;
  static override readonly integers: IntegerUse = "summed";

  override build(inputShape: Shapes): void {
    super.build(inputShape);
    if (!Array.isArray(inputShape) || inputShape.length !== 2) {
      throw new ValueError(
        `A \`Subtract\` layer should be called on exactly 2 inputs. Received: input_shape=${formatValue(inputShape)}`,
      );
    }
  }

  protected override merge(inputs: readonly Value[]): Value {
    const [a, b] = inputs;
    if (!a || !b || inputs.length !== 2) {
      throw new ValueError(
        `A \`Subtract\` layer should be called on exactly 2 inputs. Received: inputs=${formatValue(inputs)}`,
      );
    }
    return ops.subtract(a, b);
  }
}

/** Makes a `Subtract`, or adds it to a model, or calls it on tensors or symbols. */
export const subtract = factory(Subtract);
