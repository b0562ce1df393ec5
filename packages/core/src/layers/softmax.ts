/** Softmax (Keras: `keras.layers.Softmax`). */

import * as activations from "../activations/index.ts";
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { type CallOptions, LAYER_ARGUMENTS, type LayerArgs } from "./layer-args.ts";
import { maskOption } from "./mask-option.ts";
import { StatelessLayer } from "./stateless-layer.ts";

export interface SoftmaxArgs extends LayerArgs {
  /** One axis, or several that are normalised together. Default −1. */
  readonly axis?: number | readonly number[];
}

/**
 * eˣ / Σeˣ along the axis. A mask, broadcast against the input from its last axis on, leaves out what is not above ½: the rest
 * sums to 1, what is left out is 0.
 */
export class Softmax extends StatelessLayer {
  static override readonly className = "Softmax";
  static override readonly argumentNames: readonly string[] = [...LAYER_ARGUMENTS, "axis"];
  static override readonly takesMask = true;
  static readonly pure = true;
  static override readonly integers: IntegerUse = "averaged";
  readonly axis: number | readonly number[];

  constructor(args: SoftmaxArgs = {}) {
    super(args);
    const { axis = -1 } = args;
    if (typeof axis !== "number" && !Array.isArray(axis))
      throw new ValueError(`axis must be a number or a list of numbers. Received: axis=${formatValue(axis)}`);
    this.axis = axis;
  }

  override call(inputs: Value, options: CallOptions = {}): Value {
    const mask = maskOption(options);
    if (!mask) return activations.softmax(inputs, { axis: this.axis });
    assertBroadcastable(mask.shape, inputs.shape);
    const kept = ops.clip(ops.subtract(mask, 0.5), 0, 1); // above 0 where the mask is above ½
    return ops.where(kept, activations.softmax(ops.where(kept, inputs, MASKED), { axis: this.axis }), 0);
  }

  override getConfig(): KerasConfig {
    return { ...super.getConfig(), axis: typeof this.axis === "number" ? this.axis : [...this.axis] };
  }
}

const MASKED = -1e9; // Keras's number for float32

function assertBroadcastable(mask: readonly (number | null)[], inputs: readonly (number | null)[]): void {
  const fits = mask.every((n, i) => {
    const size = inputs[i - mask.length + inputs.length];
    return n === null || size === null || n === 1 || n === size;
  });
  if (mask.length <= inputs.length && fits) return;
  throw new ValueError(
    `The \`mask\` must be broadcastable to \`inputs\` and must not have more dimensions. Received: inputs.shape=${formatShape(inputs)}, mask.shape=${formatShape(mask)}`,
  );
}

/** Makes a `Softmax`, or adds it to a model, or calls it on tensors or symbols. */
export const softmax = factory(Softmax);
