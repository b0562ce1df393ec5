/** Constant tensors that belong to a layer: they live as long as it does, since plans refer to them. */
import { keep, type Tensor, tensor } from "../tf.ts";

export class LayerConstants {
  readonly #tensors = new Map<string, Tensor>();

  /** The tensor of these numbers, made once. It belongs to the layer. */
  get(values: Float32Array, shape: readonly number[]): Tensor {
    const key = `${shape.join(",")}:${values.join(",")}`;
    let made = this.#tensors.get(key);
    if (!made || made.isDisposed) {
      made = keep(tensor(values.slice(), [...shape]));
      this.#tensors.set(key, made);
    }
    return made;
  }

  dispose(): void {
    for (const made of this.#tensors.values()) made.dispose();
    this.#tensors.clear();
  }
}
