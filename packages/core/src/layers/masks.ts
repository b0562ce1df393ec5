/**
 * Masks travel beside the values they belong to (Keras: `_keras_mask`): float32, 1 where a step counts, of the shape of the
 * value's first axes.
 */
import type { Value } from "../ops/value.ts";
import { flatten, mapStructure, type Nested } from "../structure.ts";
import type { Tensor } from "../tf.ts";
import { isValue } from "./check-value.ts";
import type { CallOptions } from "./layer-args.ts";

const masks = new WeakMap<object, Value>();

/** The mask attached to a value, null where it has none. A tensor's mask belongs to the tensor and is freed with it. */
export function maskOf(value: Value): Value | null {
  return masks.get(value) ?? null;
}

/** Attaches a mask to a value inside the scope that frees both. */
export function setMask(value: Value, mask: Value | null): void {
  if (mask === null) masks.delete(value);
  else masks.set(value, mask);
}

/** Attaches a mask of its own to a tensor that leaves the library: disposing the tensor frees the mask. */
export function giveMask(tensor: Tensor, mask: Tensor): void {
  masks.set(tensor, mask);
  const dispose = tensor.dispose.bind(tensor);
  tensor.dispose = () => {
    if (!mask.isDisposed) mask.dispose();
    dispose();
  };
}

/** The masks of several values in their structure. */
export function masksOf(values: Nested<Value>): Nested<Value | null> {
  return mapStructure(values, maskOf);
}

/**
 * The mask that a call which names none is given: that of its inputs, where no other argument holds tensors (states to begin with
 * are some). Source: `keras.Layer.__call__`, which fills `mask` where there is one tensor argument.
 */
export function impliedMask(inputs: Nested<Value>, options: CallOptions): Nested<Value | null> | null {
  const { training: _, mask: __, ...others } = options;
  return Object.values<unknown>(others).some(holdsTensors) ? null : masksOf(inputs);
}

function holdsTensors(argument: unknown): boolean {
  if (argument === null) return false;
  const leaves = flatten(argument as Nested<unknown>);
  return leaves.length > 0 && leaves.every((leaf) => leaf === null || isValue(leaf));
}

interface MaskingLayer {
  readonly name: string;
  readonly className: string;
  readonly supportsMasking: boolean;
  computeMask(inputs: Nested<Value>, mask: Nested<Value | null>): Nested<Value | null>;
}

const warned = new WeakSet<MaskingLayer>();

/** Gives the outputs of a call their masks. Source: `keras.Layer._set_mask_metadata`. */
export function attachMasks(
  layer: MaskingLayer,
  inputs: Nested<Value>,
  outputs: Nested<Value>,
  mask: Nested<Value | null>,
): void {
  const leaves = flatten(outputs);
  if (!layer.supportsMasking) {
    if (!warned.has(layer) && flatten(mask).some((item) => item !== null)) {
      warned.add(layer);
      // biome-ignore lint/suspicious/noConsole: Keras warns here too, and nothing else would tell that steps stop being masked.
      console.warn(
        `Layer '${layer.name}' (of type ${layer.className}) was passed an input with a mask attached to it. However, this layer does not support masking and will therefore destroy the mask information. Downstream layers will not see the mask.`,
      );
    }
    return;
  }
  if (leaves.every((output) => maskOf(output) !== null)) return;
  const computed = flatten(layer.computeMask(inputs, mask));
  for (const [i, output] of leaves.entries()) {
    const own = computed[i] ?? null;
    if (maskOf(output) === null && own !== null) setMask(output, own);
  }
}
