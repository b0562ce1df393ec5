/** TimeDistributed (Keras: `keras.layers.TimeDistributed`). */

import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, symbolicShapeOf, type Value } from "../ops/value.ts";
import { isList, isRecord } from "../structure.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import type { Layer } from "./layer.ts";
import type { CallOptions, PartialShape, Shapes } from "./layer-args.ts";
import { maskOption } from "./mask-option.ts";
import { inside } from "./scope.ts";
import { isShape } from "./shapes.ts";
import { batchMajor, stepsOf, timeMajor } from "./time-steps.ts";
import { WRAPPER_ARGUMENTS, Wrapper } from "./wrapper.ts";

/**
 * The layer inside on every step of `[batch, steps, …]`, one after another: in training each step is a batch of its own, with
 * draws of its own. Activity regularizers of the layer inside add no loss, as in Keras.
 */
export class TimeDistributed extends Wrapper {
  static override readonly className = "TimeDistributed";
  static override readonly argumentNames: readonly string[] = WRAPPER_ARGUMENTS;
  static override readonly takesMask = true;
  static readonly pure = true;

  override get supportsMasking(): boolean {
    return true;
  }

  override get integerUse(): IntegerUse {
    const { integerUse } = this.layer;
    return integerUse === "shown" ? "kept" : integerUse;
  }

  override build(inputShape: PartialShape): void {
    this.layer.ensureBuilt([this.#stepShape(inputShape)]);
    this.markBuilt(inputShape);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    const output = this.layer.computeOutputShape(this.#stepShape(inputShape));
    if (!isShape(output)) throw this.#severalOutputs();
    const [batch = null, ...step] = output;
    return [batch, inputShape[1] ?? null, ...step];
  }

  override call(inputs: Value, options: CallOptions = {}): Value {
    const mask = maskOption(options);
    if (mask) this.#checkMask(mask, inputs);
    const { takesMask } = this.layer.constructor as typeof Layer;
    const steps = shapeOf(inputs)[1] ?? 0;
    if (steps === 0)
      throw new ValueError(
        `Layer '${this.name}' needs at least one step. Received: inputs.shape=${formatShape(shapeOf(inputs))}`,
      );
    const stepAt = stepsOf(timeMajor(inputs), steps);
    const maskAt = mask && takesMask ? stepsOf(timeMajor(mask), steps) : null;
    const outputs = Array.from({ length: steps }, (_, t) => {
      const stepOptions = { training: options.training ?? null, ...(maskAt ? { mask: maskAt(t) } : {}) };
      const output = inside(this.layer, () => this.layer.call(stepAt(t), stepOptions));
      if (isList(output) || isRecord(output)) throw this.#severalOutputs();
      return output;
    });
    return batchMajor(ops.concatenate(outputs), steps);
  }

  #stepShape(inputShape: Shapes): (number | null)[] {
    if (!isShape(inputShape) || inputShape.length < 3) {
      throw new ValueError(
        `\`TimeDistributed\` Layer should be passed an \`input_shape\` with at least 3 dimensions. Received: input_shape=${formatValue(inputShape)}`,
      );
    }
    const [batch = null, , ...step] = inputShape;
    return [batch, ...step];
  }

  #checkMask(mask: Value, inputs: Value): void {
    const [maskShape, shape] = [symbolicShapeOf(mask), symbolicShapeOf(inputs)];
    if (maskShape.length >= 2 && maskShape[0] === shape[0] && maskShape[1] === shape[1]) return;
    throw new ValueError(
      `The \`mask\` passed to the \`TimeDistributed\` layer must begin with the batch and the steps of the input, ${formatShape(shape.slice(0, 2))}. Received: mask shape ${formatShape(maskShape)}, input shape ${formatShape(shape)}`,
    );
  }

  #severalOutputs(): UnsupportedError {
    return new UnsupportedError(
      `TimeDistributed '${this.name}' takes layers with one output. Received: layer='${this.layer.name}'`,
    );
  }
}

/** Makes a `TimeDistributed`, or adds it to a model, or calls it on tensors or symbols. */
export const timeDistributed = factory(TimeDistributed);
