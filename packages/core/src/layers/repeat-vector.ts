/** RepeatVector (Keras: `keras.layers.RepeatVector`). */

import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";

export interface RepeatVectorArgs extends LayerArgs {
  /** How often each vector is repeated. */
  readonly n: number;
}

/** `[batch, features]` → `[batch, n, features]`. */
export class RepeatVector extends Layer {
  static override readonly className = "RepeatVector";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "n"];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "kept";
  readonly n: number;

  constructor(args: RepeatVectorArgs) {
    super(args);
    const n: unknown = args.n;
    if (!Number.isInteger(n))
      throw new ValueError(`Expected an integer value for \`n\`. Received: n=${formatValue(n)}`);
    if (Number(n) <= 0)
      throw new ValueError(`Argument \`n\` should be a positive integer. Received: n=${formatValue(n)}`);
    this.n = args.n;
    this.inputSpec = { ndim: 2 };
  }

  override call(inputs: Value): Value {
    return ops.repeat(ops.expandDims(inputs, 1), this.n, 1);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    return [inputShape[0] ?? null, this.n, inputShape[1] ?? null];
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), n: this.n };
  }
}

/** Makes a `RepeatVector`, or adds it to a model, or calls it on tensors or symbols. */
export const repeatVector = factory(RepeatVector);
