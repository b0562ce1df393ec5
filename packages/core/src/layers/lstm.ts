/** LSTM (Keras: `keras.layers.LSTM`). */

import type { KerasConfig } from "../serialization/json.ts";
import { factory } from "./compose.ts";
import { LSTMCell } from "./lstm-cell.ts";
import { VECTOR_RNN_ARGUMENTS, VectorRNN, type VectorRNNArgs } from "./vector-rnn.ts";

export interface LSTMArgs extends VectorRNNArgs {
  /** Starts the bias of the forget gate with 1. Default true. */
  readonly unitForgetBias?: boolean;
}

/**
 * Long short-term memory over `[batch, steps, channels]`. Two states, `[batch, units]` each. Weights, in the cell: `kernel`
 * `[channels, 4·units]`, `recurrent_kernel` `[units, 4·units]`, `bias` `[4·units]`, gates i, f, c, o.
 */
export class LSTM extends VectorRNN<LSTMCell> {
  static override readonly className = "LSTM";
  static override readonly argumentNames: readonly string[] = [...VECTOR_RNN_ARGUMENTS, "unitForgetBias"];
  static readonly pure = true;

  constructor(args: LSTMArgs) {
    super(new LSTMCell(args), args);
  }

  override getConfig(): KerasConfig {
    const { cell } = this;
    return {
      ...super.getConfig(),
      units: cell.units,
      ...cell.gateConfig(this.activityRegularizer, { unit_forget_bias: cell.unitForgetBias }),
      seed: cell.seed,
    };
  }
}

/** Makes a `LSTM`, or adds it to a model, or calls it on tensors or symbols. */
export const lstm = factory(LSTM);
