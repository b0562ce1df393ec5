/** GRU (Keras: `keras.layers.GRU`). */

import { multiply } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { Nested } from "../structure.ts";
import { factory } from "./compose.ts";
import { GRUCell } from "./gru-cell.ts";
import type { CallOptions } from "./layer-args.ts";
import { VECTOR_RNN_ARGUMENTS, VectorRNN, type VectorRNNArgs } from "./vector-rnn.ts";

export interface GRUArgs extends VectorRNNArgs {
  /** The reset gate closes on the product of state and kernel (true), or on the state before it. Default true. */
  readonly resetAfter?: boolean;
}

/**
 * Gated recurrent unit over `[batch, steps, channels]`. One state, `[batch, units]`. Weights, in the cell: `kernel`
 * `[channels, 3·units]`, `recurrent_kernel` `[units, 3·units]`, `bias` `[2, 3·units]` (`[3·units]` without `resetAfter`), gates z, r, h.
 */
export class GRU extends VectorRNN<GRUCell> {
  static override readonly className = "GRU";
  static override readonly argumentNames: readonly string[] = [...VECTOR_RNN_ARGUMENTS, "resetAfter"];
  static readonly pure = true;

  constructor(args: GRUArgs) {
    super(new GRUCell(args), args);
  }

  override call(inputs: Value, options: CallOptions = {}): Nested<Value> {
    const { dropout, recurrentDropout, resetAfter } = this.cell;
    // Keras's loop for plain GRUs drops the whole input at rate 1, where its other loops drop nothing.
    const isPlain = recurrentDropout === 0 && resetAfter && !this.unroll && this.useCudnn !== false && !options.mask;
    const dropsAll = options.training === true && dropout === 1 && isPlain;
    return super.call(dropsAll ? multiply(inputs, 0) : inputs, options);
  }

  override getConfig(): KerasConfig {
    const { cell } = this;
    return {
      ...super.getConfig(),
      units: cell.units,
      ...cell.gateConfig(this.activityRegularizer),
      reset_after: cell.resetAfter,
      seed: cell.seed,
    };
  }
}

/** Makes a `GRU`, or adds it to a model, or calls it on tensors or symbols. */
export const gru = factory(GRU);
