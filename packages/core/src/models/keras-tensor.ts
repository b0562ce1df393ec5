/** The symbol that models are composed with (Keras: `KerasTensor`): a shape with unknown sizes, and where it comes from. */
import type { Value } from "../ops/value.ts";

/** A call recorded while composing: of a layer, or of one of `ops.*`. */
export interface Operation {
  readonly name: string;
  /** The layer that was called, null for an op. */
  readonly layer: object | null;
  /** Repeats the call on values: tensors, or the symbols of a trace. */
  replay(inputs: readonly Value[]): Value;
}

/** Where a symbol comes from: the call that made it and that call's own symbols, or null for an `Input`. */
export interface KerasHistory {
  readonly operation: Operation;
  readonly inputs: readonly KerasTensor[];
}

/** A value that is not there yet: what `keras.Input` returns, and what layers return when called on one. */
export class KerasTensor {
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
  readonly name: string;
  readonly history: KerasHistory | null;

  constructor(
    shape: readonly (number | null)[],
    options: { dtype?: string; name: string; history?: KerasHistory | null },
  ) {
    this.shape = [...shape];
    this.dtype = options.dtype ?? "float32";
    this.name = options.name;
    this.history = options.history ?? null;
  }

  get rank(): number {
    return this.shape.length;
  }
}
