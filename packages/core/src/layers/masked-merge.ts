/** How masked inputs are merged by layers that leave out what does not count (Keras: `Merge._apply_merge_op_and_or_mask`). */
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { maskOf } from "./masks.ts";

/** Merges from left to right; where one side is masked, the other side stands for it. */
export function mergeWhereCounted(inputs: readonly Value[], merge: (a: Value, b: Value) => Value): Value {
  const [first, ...others] = inputs;
  if (!first) throw new TypeError("There is nothing to merge.");
  let output = first;
  let outputMask = maskOf(first);
  for (const input of others) {
    const mask = maskOf(input);
    const x = mask ? ops.where(ops.expandDims(mask, -1), input, output) : input;
    if (outputMask) output = ops.where(ops.expandDims(outputMask, -1), output, x);
    outputMask = mask && outputMask ? ops.logicalOr(outputMask, mask) : null;
    output = merge(output, x);
  }
  return output;
}

/** The product, in which what a mask leaves out counts as 1; 0 where no input counts. Source: `keras.layers.Multiply`. */
export function multiplyWhereCounted(inputs: readonly Value[]): Value {
  const masks = inputs.map(maskOf);
  const factors = inputs.map((x, i) => {
    const mask = masks[i];
    return mask ? ops.where(ops.expandDims(mask, -1), x, 1) : x;
  });
  const product = factors.reduce((a, b) => ops.multiply(a, b));
  if (masks.some((mask) => mask === null)) return product;
  const counted = masks.reduce((a, b) => (a && b ? ops.logicalOr(a, b) : null));
  return counted ? ops.where(ops.expandDims(counted, -1), product, 0) : product;
}
