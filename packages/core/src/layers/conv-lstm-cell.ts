/** One step of a convolutional LSTM (Keras: `ConvLSTMCell`; Shi et al. 2015, without the connections from cell to gates). */
import type * as activations from "../activations/index.ts";
import { standardizeDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { type ConvDataFormat, convOutputShape } from "../geometry/conv-geometry.ts";
import * as ops from "../ops/index.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import { SeedGenerator } from "../random/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { assertIntegers, assertPadding, standardizePadding, standardizeTuple } from "./arguments.ts";
import { gateProducts, splitGates } from "./dropout-masks.ts";
import type { PartialShape } from "./layer-args.ts";
import { type CellRun, type GateArgs, RecurrentCell } from "./recurrent-cell.ts";
import { type IntOrTuple, VALID_OR_SAME } from "./spatial-conv.ts";
import { timeMajor } from "./time-steps.ts";
import { UnitForgetBias } from "./unit-forget-bias.ts";

/** Arguments of the convolutions of ConvLSTM layers. */
export interface ConvLSTMCellArgs extends GateArgs {
  /** Number of channels of the output and of both states. */
  readonly filters: number;
  /** Of both convolutions: one number, or one a spatial axis. */
  readonly kernelSize: IntOrTuple;
  /** Of the input's convolution. Default 1. Cannot be combined with dilation. */
  readonly strides?: IntOrTuple;
  /** Of the input's convolution: `"valid"` (default) or `"same"`, in any case. That of the state is always `"same"`. */
  readonly padding?: "valid" | "same" | "VALID" | "SAME";
  /** `"channels_last"` or `"channels_first"`. Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
  /** Of the input's convolution. Default 1. */
  readonly dilationRate?: IntOrTuple;
  /** Starts the bias of the forget gate with 1. Default true. */
  readonly unitForgetBias?: boolean;
}

/**
 * Gates i, f, c, o. Weights: `kernel` `[...kernelSize, channels, 4·filters]`, `recurrent_kernel`
 * `[...kernelSize, filters, 4·filters]`, `bias` `[4·filters]`.
 */
export class ConvLSTMCell extends RecurrentCell {
  static override readonly className = "ConvLSTMCell";
  static readonly pure = true;
  readonly stateCount = 2;
  readonly rank: number;
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: "valid" | "same";
  readonly dataFormat: ConvDataFormat;
  readonly dilationRate: readonly number[];
  readonly unitForgetBias: boolean;
  #stepShape: PartialShape = [];

  constructor(rank: number, args: ConvLSTMCellArgs) {
    // Keras makes the generator and looks at these before the options of the gates.
    const seedGenerator = new SeedGenerator({ seed: args?.seed ?? null });
    const geometry = standardizeGeometry(rank, args);
    super("conv_lstm_cell", args, seedGenerator);
    this.rank = rank;
    this.filters = args.filters;
    this.kernelSize = geometry.kernelSize;
    this.strides = geometry.strides;
    this.padding = geometry.padding;
    this.dataFormat = geometry.dataFormat;
    this.dilationRate = geometry.dilationRate;
    this.unitForgetBias = args.unitForgetBias === undefined ? true : Boolean(args.unitForgetBias);
  }

  override stateShape(stepShape: PartialShape): (number | null)[] {
    const { filters, kernelSize, strides, padding, dilationRate: dilation, dataFormat } = this;
    return convOutputShape(stepShape, { filters, kernelSize, strides, padding, dilation, dataFormat });
  }

  override build(stepShape: PartialShape): void {
    const channels = this.#channelsOf(stepShape);
    assertIntegers(this.filters, "filters", this.name);
    if (this.filters < 1)
      throw new ValueError(`Layer '${this.name}' needs at least one filter. Received: filters=${this.filters}`);
    assertIntegers(this.kernelSize, "kernel_size", this.name);
    assertIntegers(this.strides, "strides", this.name);
    assertIntegers(this.dilationRate, "dilation_rate", this.name);
    if (this.strides.includes(0))
      throw new ValueError(`Layer '${this.name}' cannot move by 0. Received: strides=${formatShape(this.strides)}`);
    assertPadding(this.padding, VALID_OR_SAME);
    this.stateShape(stepShape); // refuses an empty output
    const gates = 4 * this.filters;
    this.addGates(
      {
        kernel: [...this.kernelSize, channels, gates],
        recurrent: [...this.kernelSize, this.filters, gates],
        bias: [gates],
      },
      this.useBias && this.unitForgetBias ? new UnitForgetBias(this.optionsOf("bias").initializer) : null,
    );
    this.#stepShape = [null, ...stepShape.slice(1)];
    super.build(stepShape);
  }

  override run(sequences: Value, states: readonly Value[], training: boolean): CellRun {
    const shape = shapeOf(sequences);
    this.#checkStep(shape);
    const [h = sequences] = states;
    const [inputMasks = null, stateMasks = null] = this.drawMasks(sequences, h, training, 4);
    const recurrent = gateProducts(this.recurrentKernel, stateMasks, (x, kernel) =>
      ops.conv(x, kernel, { padding: "same", dataFormat: "channels_last" }),
    );
    return {
      projected: this.#project(sequences, inputMasks),
      step: (x, [before = x, carry = x]) => this.#step(ops.add(x, recurrent(before)), carry),
    };
  }

  override toRows(x: Value): Value {
    if (this.dataFormat === "channels_last") return x;
    return ops.transpose(x, [0, ...this.#axes(2), 1]);
  }

  override fromRows(x: Value): Value {
    if (this.dataFormat === "channels_last") return x;
    return ops.transpose(x, [0, this.rank + 1, ...this.#axes(1)]);
  }

  /** What the layer around the cell writes in its config. */
  geometryConfig(): KerasConfig {
    return {
      filters: this.filters,
      kernel_size: [...this.kernelSize],
      strides: [...this.strides],
      padding: this.padding,
      data_format: this.dataFormat,
      dilation_rate: [...this.dilationRate],
    };
  }

  /** The convolution of all steps, as one batch. */
  #project(sequences: Value, masks: readonly Value[] | null): Value {
    const [batch = 0, steps = 0, ...step] = shapeOf(sequences);
    const size = step.reduce((a, b) => a * b, 1);
    const { strides, padding, dilationRate } = this;
    const everyStep = masks?.map((mask) => ops.reshape(mask, [batch, 1, size])) ?? null;
    const product = (x: Value, kernel: Value) => {
      const rows = this.toRows(ops.reshape(timeMajor(x), [steps * batch, ...step]));
      return ops.conv(rows, kernel, { strides, padding, dilationRate, dataFormat: "channels_last" });
    };
    const projected = gateProducts(this.kernel, everyStep, product)(ops.reshape(sequences, [batch, steps, size]));
    return this.bias ? ops.add(projected, this.bias) : projected;
  }

  #step(gates: Value, carry: Value): Value[] {
    const { activation, recurrentActivation } = this;
    const [i = gates, f = gates, candidate = gates, o = gates] = splitGates(gates, 4);
    const kept = ops.multiply(this.#activate(recurrentActivation, f), carry);
    const added = ops.multiply(this.#activate(recurrentActivation, i), this.#activate(activation, candidate));
    const c = ops.add(kept, added);
    return [ops.multiply(this.#activate(recurrentActivation, o), this.#activate(activation, c)), c];
  }

  /** Activations that look along the last axis do so in the layer's own format, as in Keras. */
  #activate(activation: activations.Activation, x: Value): Value {
    if (activation.fn !== null || activation.isLinear) return activation.call(x);
    return this.toRows(activation.call(this.fromRows(x)));
  }

  #axes(first: number): number[] {
    return Array.from({ length: this.rank }, (_, i) => first + i);
  }

  #channelsOf(stepShape: PartialShape): number {
    const isFirst = this.dataFormat === "channels_first";
    const space = isFirst ? stepShape.slice(2) : stepShape.slice(1, -1);
    if (space.includes(null)) {
      throw new ValueError(
        `ConvLSTM layers only support static input shapes for the spatial dimension. Received invalid input shape: input_shape=${formatShape(stepShape)}`,
      );
    }
    const channels = isFirst ? stepShape[1] : stepShape.at(-1);
    if (channels !== null && channels !== undefined) return channels;
    throw new ValueError(
      `The channel dimension of the inputs should be defined. Found None. Received: input_shape=${formatShape(stepShape)}`,
    );
  }

  /** The cell takes images of the size it was built for. */
  #checkStep([batch = 0, , ...step]: readonly number[]): void {
    if (step.every((n, i) => n === this.#stepShape[i + 1])) return;
    throw new ValueError(
      `Cell '${this.name}' was built for steps of shape ${formatShape(this.#stepShape)}. Received: ${formatShape([batch, ...step])}`,
    );
  }
}

function standardizeGeometry(rank: number, args: ConvLSTMCellArgs) {
  if (args?.filters === undefined) throw new ValueError("Argument `filters` is required. Received: filters=undefined");
  const kernelSize = standardizeTuple(args.kernelSize, rank, "kernel_size");
  const strides = standardizeTuple(args.strides === undefined ? 1 : args.strides, rank, "strides", { allowZero: true });
  const padding = standardizePadding(args.padding === undefined ? "valid" : args.padding, VALID_OR_SAME);
  const dataFormat = standardizeDataFormat(args.dataFormat);
  const dilationRate = standardizeTuple(args.dilationRate === undefined ? 1 : args.dilationRate, rank, "dilation_rate");
  if (Math.max(...strides) > 1 && Math.max(...dilationRate) > 1) {
    throw new ValueError(
      `Specifying \`strides > 1\` is not compatible with \`dilation_rate > 1\`. Received: strides=${formatShape(strides)} and dilation_rate=${formatShape(dilationRate)}. Use one of them.`,
    );
  }
  return { kernelSize, strides, padding, dataFormat, dilationRate };
}
