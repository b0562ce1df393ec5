/** How the bias of LSTM cells starts: the part of the forget gate is 1 (Jozefowicz et al. 2015). */
import { ValueError } from "../errors.ts";
import { Initializer } from "../initializers/index.ts";
import { sizeOf } from "../op/output-shape.ts";

/** `[base, ones, base, base]` for the gates i, f, c, o. As in Keras, `base` draws once for i and once for c and o together. */
export class UnitForgetBias extends Initializer {
  static override readonly className: string = "UnitForgetBias";
  readonly #base: Initializer;

  constructor(base: Initializer | null) {
    super();
    if (!base)
      throw new ValueError(
        "`unit_forget_bias` needs a `bias_initializer`. Received: bias_initializer=None. Leave it out, or pass unitForgetBias: false.",
      );
    this.#base = base;
  }

  override values(shape: readonly number[]): Float32Array {
    const units = sizeOf(shape) / 4;
    const values = new Float32Array(4 * units).fill(1);
    values.set(this.#base.values([units]));
    values.set(this.#base.values([2 * units]), 2 * units);
    return values;
  }
}
