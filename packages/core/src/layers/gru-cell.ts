/** One step of a GRU (Keras: `keras.layers.GRUCell`; Cho et al. 2014). */
import { dense } from "../ops/dense.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { assertIntegers } from "./arguments.ts";
import { sizeOfAxis } from "./axis-size.ts";
import { gateProducts, splitGates } from "./dropout-masks.ts";
import type { PartialShape } from "./layer-args.ts";
import type { CellRun, GateArgs } from "./recurrent-cell.ts";
import { projectVectors, VectorCell } from "./vector-cell.ts";

export interface GRUCellArgs extends GateArgs {
  readonly units: number;
  readonly resetAfter?: boolean;
  readonly implementation?: number;
}

/**
 * Gates z (update), r (reset), h (candidate). Weights: `kernel` `[channels, 3·units]`, `recurrent_kernel` `[units, 3·units]`, `bias`
 * `[3·units]`, or `[2, 3·units]` with `resetAfter`: one of the input, one of the state.
 */
export class GRUCell extends VectorCell {
  static override readonly className = "GRUCell";
  static readonly pure = true;
  readonly stateCount = 1;
  readonly resetAfter: boolean;
  readonly #masksEachGate: boolean;

  constructor(args: GRUCellArgs) {
    super("gru_cell", args?.units, args);
    this.resetAfter = args.resetAfter === undefined ? true : Boolean(args.resetAfter);
    this.#masksEachGate = args.implementation === 1 || this.recurrentDropout !== 0;
  }

  override build(stepShape: PartialShape): void {
    const channels = sizeOfAxis(stepShape, -1, this.name, "kernel");
    assertIntegers(this.units, "units", this.name);
    const gates = 3 * this.units;
    this.addGates({
      kernel: [channels, gates],
      recurrent: [this.units, gates],
      bias: this.resetAfter ? [2, gates] : [gates],
    });
    super.build(stepShape);
  }

  override run(sequences: Value, states: readonly Value[], training: boolean): CellRun {
    const [h = sequences] = states;
    const [inputMasks = null, stateMasks = null] = this.drawMasks(sequences, h, training, this.#masksEachGate ? 3 : 1);
    const product = projectVectors(this.kernel, sequences, inputMasks);
    const [inputBias, stateBias] = this.#biases();
    return {
      projected: inputBias ? ops.add(product, inputBias) : product,
      step: this.resetAfter ? this.#resettingAfter(stateMasks, stateBias) : this.#resettingBefore(stateMasks),
    };
  }

  /** Of the input and of the state. */
  #biases(): readonly [Value | null, Value | null] {
    const { bias } = this;
    if (!bias || !this.resetAfter) return [bias, null];
    const gates = 3 * this.units;
    const row = (i: number) => ops.reshape(ops.slice(bias, [i, 0], [1, gates]), [gates]);
    return [row(0), row(1)];
  }

  /** The reset gate closes on the product of the state and its kernel. */
  #resettingAfter(masks: readonly Value[] | null, bias: Value | null): CellRun["step"] {
    const recurrent = gateProducts(this.recurrentKernel, masks, (x, kernel) => dense(x, kernel));
    return (x, [before = x]) => {
      const product = recurrent(before);
      const [recurrentZ = x, recurrentR = x, recurrentH = x] = splitGates(bias ? ops.add(product, bias) : product, 3);
      const [inputZ = x, inputR = x, inputH = x] = splitGates(x, 3);
      const z = this.recurrentActivation.call(ops.add(inputZ, recurrentZ));
      const r = this.recurrentActivation.call(ops.add(inputR, recurrentR));
      return [this.#mixed(z, before, ops.add(inputH, ops.multiply(r, recurrentH)))];
    };
  }

  /** The reset gate closes on the state itself. */
  #resettingBefore(masks: readonly Value[] | null): CellRun["step"] {
    const { units } = this;
    const gatesKernel = ops.slice(this.recurrentKernel, [0, 0], [units, 2 * units]);
    const candidateKernel = ops.slice(this.recurrentKernel, [0, 2 * units], [units, units]);
    const recurrent = gateProducts(gatesKernel, masks?.slice(0, 2) ?? null, (x, kernel) => dense(x, kernel));
    return (x, [before = x]) => {
      const [recurrentZ = x, recurrentR = x] = splitGates(recurrent(before), 2);
      const [inputZ = x, inputR = x, inputH = x] = splitGates(x, 3);
      const z = this.recurrentActivation.call(ops.add(inputZ, recurrentZ));
      const r = this.recurrentActivation.call(ops.add(inputR, recurrentR));
      const mask = masks?.[2];
      const reset = ops.multiply(r, mask ? ops.multiply(before, mask) : before);
      return [this.#mixed(z, before, ops.add(inputH, dense(reset, candidateKernel)))];
    };
  }

  /** z·before + (1 − z)·activation(candidate). */
  #mixed(z: Value, before: Value, candidate: Value): Value {
    const added = ops.multiply(ops.subtract(1, z), this.activation.call(candidate));
    return ops.add(ops.multiply(z, before), added);
  }
}
