/** The masks that recurrent cells drop with, the same at every step (Keras: `DropoutRNNCell`). */
import * as ops from "../ops/index.ts";
import { asTensor } from "../ops/run.ts";
import type { Value } from "../ops/value.ts";
import type { SeedGenerator } from "../random/index.ts";
import { type Tensor, tensor } from "../tf.ts";
import { dropped } from "./dropout.ts";

/** `count` masks of 0 and `1 / (1 − rate)`. Null at rate 0 and, as in Keras, at rate 1, which drops nothing. */
export function drawDropoutMasks(
  seed: SeedGenerator,
  rate: number,
  shape: readonly number[],
  count: number,
): readonly Tensor[] | null {
  if (rate === 0 || rate === 1) return null;
  const ones = asTensor(ops.broadcastTo(tensor([1], [1]), shape));
  return Array.from({ length: count }, () => asTensor(dropped(ones, rate, shape, seed)));
}

/**
 * The products of x with the kernel of every gate, side by side in the last axis: at once, or with a mask a gate one by one.
 * `product` multiplies with one kernel.
 */
export function gateProducts(
  kernel: Value,
  masks: readonly Value[] | null,
  product: (x: Value, kernel: Value) => Value,
): (x: Value) => Value {
  if (!masks) return (x) => product(x, kernel);
  const kernels = splitGates(kernel, masks.length);
  return (x) => {
    const parts = masks.map((mask, gate) => product(ops.multiply(x, mask), kernels[gate] ?? kernel));
    return parts.length === 1 && parts[0] ? parts[0] : ops.concatenate(parts, -1);
  };
}

/** Equal parts of the last axis; one part is the value itself. */
export function splitGates(x: Value, count: number): Value[] {
  if (count === 1) return [x];
  const shape = x.shape.map((n) => n ?? 0);
  const size = (shape.at(-1) ?? 0) / count;
  const begin = shape.map(() => 0);
  return Array.from({ length: count }, (_, gate) =>
    ops.slice(x, [...begin.slice(1), gate * size], [...shape.slice(0, -1), size]),
  );
}
