/** Remembers which tensors a config held as NumPy arrays, so that they are written as they were read. */
import type { Tensor } from "../tf.ts";

const arrays = new WeakSet<Tensor>();

export function rememberAsNumpy(tensor: Tensor): Tensor {
  arrays.add(tensor);
  return tensor;
}

export function cameFromNumpy(tensor: Tensor): boolean {
  return arrays.has(tensor);
}
