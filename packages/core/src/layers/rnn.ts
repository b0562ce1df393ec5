/** The loop over time that recurrent layers share (Keras: `keras.layers.RNN` and `backend.rnn`). */

import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { KerasTensor } from "../models/keras-tensor.ts";
import { sizeOf } from "../op/output-shape.ts";
import * as ops from "../ops/index.ts";
import { asTensor } from "../ops/run.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { flatten, isList, type Nested } from "../structure.ts";
import { isTensor, keep, type Tensor, tensor } from "../tf.ts";
import { InitialStateShapes } from "./initial-state-shapes.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { type CallOptions, LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import { type CellRun, GATE_ARGUMENTS, type GateArgs, type RecurrentCell } from "./recurrent-cell.ts";
import { batchMajor, stepsOf, timeMajor } from "./time-steps.ts";

/** Arguments of the loop. */
export interface RNNArgs extends LayerArgs {
  /** The output of every step (true), or of the last one. Default false. */
  readonly returnSequences?: boolean;
  /** The states after the last step, too: the layer returns a list of output and states. Default false. */
  readonly returnState?: boolean;
  /** From the last step to the first; the outputs are in the order in which they were made. Default false. */
  readonly goBackwards?: boolean;
  /** Each call begins with the states that the last one ended with. Needs a known batch size. Default false. */
  readonly stateful?: boolean;
  /** Every loop is unrolled here whatever it says; it decides what a masked first step repeats, see `RNN`. Default false. */
  readonly unroll?: boolean;
  /** The output of a masked step is 0 (true), or repeats that of the step before. Default false. */
  readonly zeroOutputForMask?: boolean;
}

/** Arguments of every recurrent layer. */
export interface RecurrentArgs extends RNNArgs, GateArgs {}

export const RECURRENT_ARGUMENTS = [
  ...LAYER_ARGUMENTS,
  ...GATE_ARGUMENTS,
  "returnSequences",
  "returnState",
  "goBackwards",
  "stateful",
  "unroll",
  "zeroOutputForMask",
] as const;

interface Result {
  readonly last: Value;
  readonly outputs: readonly Value[];
  readonly states: readonly Value[];
}

/**
 * Runs a cell over `[batch, steps, …]`. A masked step (`mask` `[batch, steps]` is 0) keeps the states. Before the first step that
 * counts, the output repeats the initial state, or 0 where `unroll` is true (as in Keras on JAX).
 */
export abstract class RNN<C extends RecurrentCell = RecurrentCell> extends Layer {
  static override readonly takesMask = true;
  static override readonly trainingDefault: boolean | null = false;
  static override readonly callOptionNames: readonly string[] = ["initialState"];
  static override readonly integers: IntegerUse = "cast";
  readonly cell: C;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly unroll: boolean;
  /** Bidirectional sets it. */
  zeroOutputForMask: boolean;
  readonly #stateShapes = new InitialStateShapes();
  #batchSize: number | null = null;
  #states: readonly Tensor[] | null = null;

  constructor(cell: C, args: RNNArgs) {
    super(args);
    this.cell = cell;
    this.returnSequences = Boolean(args.returnSequences ?? false);
    this.returnState = Boolean(args.returnState ?? false);
    this.goBackwards = Boolean(args.goBackwards ?? false);
    this.stateful = Boolean(args.stateful ?? false);
    this.unroll = Boolean(args.unroll ?? false);
    this.zeroOutputForMask = Boolean(args.zeroOutputForMask ?? false);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override get isPure(): boolean {
    return super.isPure && !this.stateful;
  }

  /** What a stateful layer goes on from: its own tensors. Null where that is 0. */
  get states(): readonly Tensor[] | null {
    return this.#states;
  }

  /** Makes a stateful layer begin with 0 again. */
  resetState(): void {
    for (const state of this.#states ?? []) state.dispose();
    this.#states = null;
  }

  /** The same, under Keras's other name. */
  resetStates(): void {
    this.resetState();
  }

  override dispose(): void {
    this.resetState();
    super.dispose();
  }

  override build(inputShape: PartialShape): void {
    const [batch = null] = inputShape;
    this.cell.ensureBuilt([[batch, ...inputShape.slice(2)]]);
    if (this.stateful && batch === null) {
      throw new ValueError(
        `When using \`stateful=True\` in a RNN, the batch size must be static. Found dynamic batch size: sequence.shape=${formatShape(inputShape)}. Received: layer='${this.name}'`,
      );
    }
    this.#batchSize = batch;
    super.build(inputShape);
  }

  override ensureBuilt(shapes: readonly PartialShape[]): void {
    super.ensureBuilt(shapes);
    this.#stateShapes.settle(null);
  }

  override getBuildConfig(): KerasConfig | null {
    return this.#stateShapes.write(super.getBuildConfig());
  }

  override buildFromConfig(config: KerasConfig): void {
    super.buildFromConfig(this.#stateShapes.read(config));
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    const [batch = null, steps = null, ...step] = inputShape;
    const [, ...state] = this.cell.stateShape([batch, ...step]);
    const output = this.returnSequences ? [batch, steps, ...state] : [batch, ...state];
    return this.returnState ? [output, ...this.#eachState(() => [batch, ...state])] : output;
  }

  override computeMask(_inputs: Nested<Value>, mask: Nested<Value | null>): Nested<Value | null> {
    const [first = null] = flatten(mask);
    const own = this.returnSequences ? first : null;
    return this.returnState ? [own, ...this.#eachState(() => null)] : own;
  }

  override symbolicCall(inputs: Nested<KerasTensor>, options: CallOptions = {}): Nested<KerasTensor> {
    this.#stateShapes.settle(options.initialState);
    return super.symbolicCall(inputs, options);
  }

  override call(inputs: Value, options: CallOptions = {}): Nested<Value> {
    this.#stateShapes.settle(options.initialState);
    this.#checkCall(inputs);
    const [batch = 0, steps = 0] = shapeOf(inputs);
    const given = this.#givenStates(options.initialState, shapeOf(inputs)) ?? this.#states;
    const states = given ?? this.#eachState(() => zeros(this.#stateShape(shapeOf(inputs))));
    const cellRun = this.cell.run(inputs, states, options.training === true);
    const {
      last,
      outputs,
      states: next,
    } = this.#loop(
      cellRun,
      steps,
      states.map((state) => this.cell.toRows(state)),
      this.#maskOf(options.mask ?? null, batch, steps),
      given !== null,
    );
    const ownStates = next.map((state) => this.cell.fromRows(state));
    if (this.stateful) this.#keepStates(ownStates);
    const output = this.returnSequences
      ? batchMajor(this.cell.fromRows(ops.concatenate(outputs)), steps)
      : this.cell.fromRows(last);
    // A tensor is returned once only: each belongs to the caller. By an op of ours, which has a derivative.
    const apart = ownStates.map((state) =>
      state === output && isTensor(state) ? ops.reshape(state, state.shape) : state,
    );
    return this.returnState ? [output, ...apart] : output;
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      return_sequences: this.returnSequences,
      return_state: this.returnState,
      go_backwards: this.goBackwards,
      stateful: this.stateful,
      unroll: this.unroll,
      zero_output_for_mask: this.zeroOutputForMask,
    };
  }

  /** What a masked first step repeats: the first of the initial states, or 0. */
  protected get repeatsInitialState(): boolean {
    return !this.unroll;
  }

  #loop(cellRun: CellRun, steps: number, initial: readonly Value[], mask: Value | null, isGiven: boolean): Result {
    const stepAt = stepsOf(cellRun.projected, steps);
    const [rows = 0, ...rest] = shapeOf(cellRun.projected);
    const maskAt = mask && stepsOf(ops.reshape(timeMajor(mask), [rows, ...rest.map(() => 1)]), steps);
    // Initial states of 0 are both.
    const repeatsState = !this.zeroOutputForMask && (this.repeatsInitialState || !isGiven);
    let states = initial;
    let last: Value | null = null;
    const outputs: Value[] = [];
    for (let i = 0; i < steps; i++) {
      const t = this.goBackwards ? steps - 1 - i : i;
      const next = cellRun.step(stepAt(t), states);
      const [made = cellRun.projected] = next;
      if (maskAt) {
        const counts = maskAt(t);
        states = next.map((state, k) => ops.where(counts, state, states[k] ?? state));
        const [kept = made] = states;
        last = repeatsState ? kept : ops.where(counts, made, this.zeroOutputForMask ? 0 : (last ?? 0));
      } else {
        states = next;
        last = made;
      }
      outputs.push(last);
    }
    return { last: last ?? cellRun.projected, outputs, states };
  }

  #checkCall(inputs: Value): void {
    const shape = shapeOf(inputs);
    if (shape[1] === 0)
      throw new ValueError(
        `Layer '${this.name}' needs at least one step. Received: inputs.shape=${formatShape(shape)}`,
      );
    if (!this.stateful) return;
    if (!isTensor(inputs)) {
      throw new UnsupportedError(
        `${this.className} '${this.name}' cannot be planned with stateful=true: it keeps its states from call to call. Call it with apply().`,
      );
    }
    if (this.#batchSize !== null && shape[0] !== this.#batchSize) {
      throw new ValueError(
        `If an RNN is stateful, the batch size of the input sequences must be the same as the batch size of the initial state. Layer '${this.name}' expects batch size ${this.#batchSize}. Received: batch size ${shape[0]}, inputs.shape=${formatShape(shape)}`,
      );
    }
  }

  #stateShape([batch = 0, , ...step]: readonly number[]): number[] {
    return this.cell.stateShape([batch, ...step]).map((n) => n ?? 0);
  }

  #givenStates(initialState: CallOptions["initialState"], inputShape: readonly number[]): readonly Value[] | null {
    if (initialState === undefined || initialState === null) return null;
    const states = flatten<Value>(isList(initialState) ? initialState : [initialState]);
    const expected = this.#stateShape(inputShape);
    const fits = states.every((state) => formatShape(state.shape) === formatShape(expected));
    if (states.length === this.cell.stateCount && fits) return states;
    throw new ValueError(
      `Layer '${this.name}' takes ${this.cell.stateCount} initial state(s) of shape ${formatShape(expected)}. Received: initial_state=${states.map((state) => formatShape(state.shape)).join(", ")}`,
    );
  }

  /** As `[batch, steps]`. */
  #maskOf(given: NonNullable<CallOptions["mask"]> | null, batch: number, steps: number): Value | null {
    const [mask = null] = flatten(given);
    if (mask === null) return null;
    const [maskBatch, maskSteps, ...rest] = shapeOf(mask);
    if (maskBatch !== batch || maskSteps !== steps || rest.some((n) => n !== 1)) {
      throw new ValueError(
        `Layer '${this.name}' takes a mask of shape (batch, steps) = ${formatShape([batch, steps])}. Received: mask=${formatValue(shapeOf(mask))}`,
      );
    }
    return ops.reshape(mask, [batch, steps]);
  }

  #keepStates(states: readonly Value[]): void {
    const next = states.map((state) => keep(asTensor(state).clone()));
    this.resetState();
    this.#states = next;
  }

  #eachState<T>(make: () => T): T[] {
    return Array.from({ length: this.cell.stateCount }, make);
  }
}

function zeros(shape: readonly number[]): Tensor {
  return tensor(new Float32Array(sizeOf(shape)), [...shape]);
}
