/** What `ops.*` take: tensors run now, traced tensors record into a plan, Keras tensors record into a model. */
import { KerasTensor } from "../models/keras-tensor.ts";
import type { Tensor } from "../tf.ts";
import type { TracedTensor } from "../trace/traced-tensor.ts";
import type { KerasVariable } from "../variable.ts";

/** A tensor, a weight, or a symbol standing for a tensor. */
export type Value = Tensor | KerasVariable | TracedTensor | KerasTensor;

/** The sizes of a value whose shape is fully known; a Keras tensor with unknown sizes is never asked (see symbolic.ts). */
export function shapeOf(x: Value): readonly number[] {
  if (x instanceof KerasTensor) throw new TypeError("shapeOf needs a fully known shape.");
  return x.shape;
}
