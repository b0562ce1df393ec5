/** ConvLSTM of any rank (Keras: `ConvLSTM`). */
import type { KerasConfig } from "../serialization/json.ts";
import { ConvLSTMCell, type ConvLSTMCellArgs } from "./conv-lstm-cell.ts";
import { RECURRENT_ARGUMENTS, RNN, type RNNArgs } from "./rnn.ts";

/** Arguments of ConvLSTM1D, ConvLSTM2D and ConvLSTM3D. */
export interface ConvLSTMArgs extends ConvLSTMCellArgs, RNNArgs {}

/**
 * Convolutional LSTM over `[batch, steps, …space, channels]` (channels_first: `[batch, steps, channels, …space]`). Two states, of the
 * shape of one output. The space of the input is fixed by build. Weights, in the cell: `kernel`
 * `[...kernelSize, channels, 4·filters]`, `recurrent_kernel` `[...kernelSize, filters, 4·filters]`, `bias` `[4·filters]`, gates
 * i, f, c, o.
 */
export abstract class BaseConvLSTM extends RNN<ConvLSTMCell> {
  static override readonly argumentNames: readonly string[] = [
    ...RECURRENT_ARGUMENTS,
    "filters",
    "kernelSize",
    "strides",
    "padding",
    "dataFormat",
    "dilationRate",
    "unitForgetBias",
  ];
  readonly rank: number;

  constructor(rank: number, args: ConvLSTMArgs) {
    super(new ConvLSTMCell(rank, args), args);
    this.rank = rank;
    this.inputSpec = { ndim: rank + 3 };
  }

  get filters(): number {
    return this.cell.filters;
  }

  override getConfig(): KerasConfig {
    const { cell } = this;
    return {
      ...super.getConfig(),
      ...cell.geometryConfig(),
      ...cell.gateConfig(this.activityRegularizer, { unit_forget_bias: cell.unitForgetBias }),
      seed: cell.seed,
    };
  }

  /** Keras on TensorFlow: there a masked first step gives 0 (on JAX masks of ConvLSTM are applied along the wrong axes). */
  protected override get repeatsInitialState(): boolean {
    return false;
  }
}
