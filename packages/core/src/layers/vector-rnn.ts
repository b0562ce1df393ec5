/** What GRU and LSTM share: layers over `[batch, steps, channels]` whose states are vectors. */
import type { Value } from "../ops/value.ts";
import type { Nested } from "../structure.ts";
import type { CallOptions } from "./layer-args.ts";
import { RECURRENT_ARGUMENTS, type RecurrentArgs, RNN } from "./rnn.ts";
import { assertNoCudnn, standardizeUseCudnn, type UseCudnn } from "./use-cudnn.ts";
import type { VectorCell } from "./vector-cell.ts";

export interface VectorRNNArgs extends RecurrentArgs {
  /** Size of the output and of each state. */
  readonly units: number;
  /** True is refused when the layer is called, as by Keras where there is no cuDNN. Default `"auto"`. */
  readonly useCudnn?: UseCudnn;
  /** 1 drops the input of each gate on its own, 2 that of all gates alike. Configs do not keep it. Default 2. */
  readonly implementation?: number;
}

export const VECTOR_RNN_ARGUMENTS = [...RECURRENT_ARGUMENTS, "units", "useCudnn", "implementation"] as const;

export abstract class VectorRNN<C extends VectorCell> extends RNN<C> {
  /** Bidirectional hands it on. */
  useCudnn: UseCudnn;

  constructor(cell: C, args: VectorRNNArgs) {
    super(cell, args);
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
}
