/** What a layer may be called on at all, before its shape is looked at. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import type { Value } from "../ops/value.ts";
import { isTensor } from "../tf.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import { KerasVariable } from "../variable.ts";
import { checkIntegers, type IntegerUse, isInteger } from "./integers.ts";

/** Refuses inputs that are no values, and integers that the layer does not take. */
export function checkValues(inputs: readonly Value[], layerName: string, use: IntegerUse): void {
  for (const value of inputs) checkIsValue(value, layerName);
  checkIntegers(inputs, layerName, use);
}

/** Refuses what is no tensor or symbol, was disposed, or holds neither numbers nor booleans. */
function checkIsValue(inputs: Value, layerName: string): void {
  if (!isValue(inputs)) {
    throw new ValueError(
      `Only input tensors may be passed as positional arguments. Layer '${layerName}' takes a tf.Tensor or a KerasTensor. Received: inputs=${formatValue(inputs)}`,
    );
  }
  if (isTensor(inputs) && inputs.isDisposed) {
    throw new ValueError(
      `Layer '${layerName}' was called on a tensor that was disposed. Received: shape=${formatShape(inputs.shape)}`,
    );
  }
  // A symbol of another float has no values yet: what computes it refuses.
  const isFloat = inputs.dtype === "float32" || (inputs instanceof KerasTensor && inputs.dtype.includes("float"));
  if (!isFloat && !isInteger(inputs.dtype)) {
    throw new ValueError(
      `Layer '${layerName}' computes on float32. Received: dtype=${inputs.dtype}, shape=${formatShape(inputs.shape)}.`,
    );
  }
}

/** Whether it is a tensor, a weight or a symbol. */
export function isValue(value: unknown): value is Value {
  return isTensor(value) || [KerasTensor, TracedTensor, KerasVariable].some((kind) => value instanceof kind);
}
