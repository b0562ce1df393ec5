/** Masks on their way in: as an option of the call, or on the tensors, as the layer before would have left them. */
import * as keras from "@keras-ts/core";
import { asTensor } from "./keras-tensors.ts";
import type { Tensor } from "./tf.ts";

/** Hands its input on with a mask. */
class MaskGiver extends keras.Layer {
  static override readonly className = "MaskGiver";
  static override readonly integers = "shown";
  readonly #mask: Tensor;

  constructor(mask: Tensor) {
    super({});
    this.#mask = mask;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override call(inputs: keras.Value): keras.Value {
    return inputs;
  }

  override computeMask(): keras.Value {
    return this.#mask;
  }
}

/** Whether the class's call has a `mask`; for the others (merges) masks come on the inputs. */
export function takesMask(layer: keras.Layer): boolean {
  return (layer.constructor as typeof keras.Layer).takesMask;
}

/** The inputs with their masks attached; those that have one are new tensors outside of a tape. */
export function withMasks(inputs: readonly Tensor[], masks: readonly (Tensor | null)[]): Tensor[] {
  return inputs.map((input, at) => {
    const mask = masks[at];
    return mask ? asTensor(new MaskGiver(mask).apply(input)) : input;
  });
}
