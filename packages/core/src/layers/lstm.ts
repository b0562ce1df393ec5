/** LSTM (Keras: `keras.layers.LSTM`). */

import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { Nested } from "../structure.ts";
import { factory } from "./compose.ts";
import type { CallOptions } from "./layer-args.ts";
import { LSTMCell } from "./lstm-cell.ts";
import { RECURRENT_ARGUMENTS, type RecurrentArgs, RNN } from "./rnn.ts";
import { assertNoCudnn, standardizeUseCudnn, type UseCudnn } from "./use-cudnn.ts";

export interface LSTMArgs extends RecurrentArgs {
  /** Size of the output and of both states. */
  readonly units: number;
  /** Starts the bias of the forget gate with 1. Default true. */
  readonly unitForgetBias?: boolean;
  /** True is refused when the layer is called, as by Keras where there is no cuDNN. Default `"auto"`. */
  readonly useCudnn?: UseCudnn;
  /** 1 drops the input of each gate on its own, 2 that of all gates alike. Configs do not keep it. Default 2. */
  readonly implementation?: number;
}

/**
 * Long short-term memory over `[batch, steps, channels]`. Two states, `[batch, units]` each. Weights, in the cell: `kernel`
 * `[channels, 4·units]`, `recurrent_kernel` `[units, 4·units]`, `bias` `[4·units]`, gates i, f, c, o.
 */
export class LSTM extends RNN<LSTMCell> {
  static override readonly className = "LSTM";
  static override readonly argumentNames: readonly string[] = [
    ...RECURRENT_ARGUMENTS,
    "units",
    "unitForgetBias",
    "useCudnn",
    "implementation",
  ];
  static readonly pure = true;
  /** Bidirectional hands it on. */
  useCudnn: UseCudnn;

  constructor(args: LSTMArgs) {
    super(new LSTMCell(args), args);
    this.useCudnn = standardizeUseCudnn(args.useCudnn);
    this.inputSpec = { ndim: 3 };
  }

  get units(): number {
    return this.cell.units;
  }

  override call(inputs: Value, options: CallOptions = {}): Nested<Value> {
    assertNoCudnn(this.useCudnn, this.name);
    return super.call(inputs, options);
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
