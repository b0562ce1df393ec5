/** What `ops.*` take: tensors run now, traced tensors record into a plan, Keras tensors record into a model. */

import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import type { Tensor } from "../tf.ts";
import type { TracedTensor } from "../trace/traced-tensor.ts";
import type { KerasVariable } from "../variable.ts";

/** A tensor, a weight, or a symbol standing for a tensor. */
export type Value = Tensor | KerasVariable | TracedTensor | KerasTensor;

/** A shape, with null for the sizes that are not known yet. */
export type SymbolicShape = readonly (number | null)[];

/** The sizes of a value whose shape is fully known; a Keras tensor with unknown sizes is never asked (see symbolic.ts). */
export function shapeOf(x: Value): readonly number[] {
  if (x instanceof KerasTensor) throw new TypeError("shapeOf needs a fully known shape.");
  return assertValue(x).shape;
}

/** The sizes of any value, as far as they are known. */
export function symbolicShapeOf(x: Value): SymbolicShape {
  return assertValue(x).shape;
}

function assertValue<V extends Value>(x: V): V {
  const shape: unknown = typeof x === "object" && x !== null ? x.shape : null;
  if (!Array.isArray(shape)) throw new ValueError(`Expected a tensor. Received: ${formatValue(x)}`);
  return x;
}
