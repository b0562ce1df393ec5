/** One step of an LSTM (Keras: `keras.layers.LSTMCell`; Hochreiter & Schmidhuber 1997). */
import { dense } from "../ops/dense.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { assertIntegers } from "./arguments.ts";
import { sizeOfAxis } from "./axis-size.ts";
import { gateProducts, splitGates } from "./dropout-masks.ts";
import type { PartialShape } from "./layer-args.ts";
import type { CellRun, GateArgs } from "./recurrent-cell.ts";
import { UnitForgetBias } from "./unit-forget-bias.ts";
import { projectVectors, VectorCell } from "./vector-cell.ts";

export interface LSTMCellArgs extends GateArgs {
  readonly units: number;
  readonly unitForgetBias?: boolean;
  readonly implementation?: number;
}

/** Gates i, f, c, o. Weights: `kernel` `[channels, 4·units]`, `recurrent_kernel` `[units, 4·units]`, `bias` `[4·units]`. */
export class LSTMCell extends VectorCell {
  static override readonly className = "LSTMCell";
  static readonly pure = true;
  readonly stateCount = 2;
  readonly unitForgetBias: boolean;
  readonly #masksEachGate: boolean;

  constructor(args: LSTMCellArgs) {
    super("lstm_cell", args?.units, args);
    this.unitForgetBias = args.unitForgetBias === undefined ? true : Boolean(args.unitForgetBias);
    this.#masksEachGate = args.implementation === 1 || this.recurrentDropout !== 0;
  }

  override build(stepShape: PartialShape): void {
    const channels = sizeOfAxis(stepShape, -1, this.name, "kernel");
    assertIntegers(this.units, "units", this.name);
    const gates = 4 * this.units;
    this.addGates(
      { kernel: [channels, gates], recurrent: [this.units, gates], bias: [gates] },
      this.useBias && this.unitForgetBias ? new UnitForgetBias(this.optionsOf("bias").initializer) : null,
    );
    super.build(stepShape);
  }

  override run(sequences: Value, states: readonly Value[], training: boolean): CellRun {
    const [h = sequences] = states;
    const [inputMasks = null, stateMasks = null] = this.drawMasks(sequences, h, training, this.#masksEachGate ? 4 : 1);
    const projected = projectVectors(this.kernel, sequences, inputMasks);
    const recurrent = gateProducts(this.recurrentKernel, stateMasks, (x, kernel) => dense(x, kernel));
    return {
      projected: this.bias ? ops.add(projected, this.bias) : projected,
      step: (x, [before = x, carry = x]) => this.#step(ops.add(x, recurrent(before)), carry),
    };
  }

  #step(gates: Value, carry: Value): Value[] {
    const { activation, recurrentActivation } = this;
    const [i = gates, f = gates, candidate = gates, o = gates] = splitGates(gates, 4);
    const kept = ops.multiply(recurrentActivation.call(f), carry);
    const added = ops.multiply(recurrentActivation.call(i), activation.call(candidate));
    const c = ops.add(kept, added);
    return [ops.multiply(recurrentActivation.call(o), activation.call(c)), c];
  }
}
