/** What convolutions of every kind and rank share: spatial arguments, options of weights, the bias, the input spec, the forward frame. */
import * as activations from "../activations/index.ts";
import { standardizeDataFormat } from "../config.ts";
import type { Constraint, ConstraintIdentifier } from "../constraints/index.ts";
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import type { ConvDataFormat, ConvPadding } from "../geometry/conv-geometry.ts";
import type { Initializer, InitializerIdentifier } from "../initializers/index.ts";
import { add, inChannelsLast } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { Regularizer, RegularizerIdentifier } from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { assertIntegers, assertPadding, standardizePadding, standardizeTuple } from "./arguments.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "./layer-args.ts";
import type { WeightSpec } from "./layer-weights.ts";
import { standardizeShape } from "./shapes.ts";
import { type WeightOptions, weightOptionsConfig, weightSpec } from "./weight-options.ts";

export type IntOrTuple = number | readonly number[];

/** Arguments that all convolutions share. */
export interface SpatialConvArgs<P extends ConvPadding = "valid" | "same"> extends LayerArgs {
  /** Size of the filter window: one number, or one a spatial axis. */
  readonly kernelSize: IntOrTuple;
  /** Default 1. May differ by axis. */
  readonly strides?: IntOrTuple;
  /** `"valid"` (default) or another of the class's paddings, in any case. */
  readonly padding?: P | Uppercase<P>;
  /** `"channels_last"` or `"channels_first"`. Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
  /** Default 1. */
  readonly dilationRate?: IntOrTuple;
  /** A name, or a function of a value (planned when it uses `keras.ops` only). Default none. */
  readonly activation?: activations.ActivationIdentifier;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `"zeros"`. Null means glorot_uniform, as in Keras. */
  readonly biasInitializer?: InitializerIdentifier;
  readonly biasRegularizer?: RegularizerIdentifier;
  readonly biasConstraint?: ConstraintIdentifier;
}

export const SPATIAL_CONV_ARGUMENTS = [
  ...LAYER_ARGUMENTS,
  "kernelSize",
  "strides",
  "padding",
  "dataFormat",
  "dilationRate",
  "activation",
  "useBias",
  "biasInitializer",
  "biasRegularizer",
  "biasConstraint",
] as const;

/** What one kind of convolution adds to reading the arguments. */
export interface SpatialConvRules<P extends ConvPadding, Name extends string> {
  readonly paddings: readonly P[];
  /** Refuses what Keras looks at between `padding` and `data_format`. */
  readonly checkAfterPadding?: () => void;
  /** Reads the options of kernels and bias, after all that the convolutions share. */
  readonly readWeights: () => Record<Name | "bias", WeightOptions>;
}

/** The paddings of all convolutions but Conv1D. */
export const VALID_OR_SAME = ["valid", "same"] as const;

/** `Name`: what options of the kernels are called by, as `"depthwise"` in `depthwiseInitializer`. */
export abstract class SpatialConv<Name extends string, P extends ConvPadding = "valid" | "same"> extends Layer {
  readonly rank: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: P;
  readonly dataFormat: ConvDataFormat;
  readonly dilationRate: readonly number[];
  readonly activation: activations.Activation;
  readonly useBias: boolean;
  readonly biasInitializer: Initializer | null;
  readonly biasRegularizer: Regularizer | null;
  readonly biasConstraint: Constraint | null;
  readonly #paddings: readonly P[];
  readonly #options: Record<Name | "bias", WeightOptions>;
  #bias: KerasVariable | null = null;

  constructor(rank: number, args: SpatialConvArgs<P>, rules: SpatialConvRules<P, Name>) {
    super(args);
    const { paddings, checkAfterPadding, readWeights } = rules;
    this.rank = rank;
    this.#paddings = paddings;
    this.kernelSize = Object.freeze(standardizeTuple(args.kernelSize, rank, "kernel_size"));
    this.strides = Object.freeze(standardizeTuple(args.strides === undefined ? 1 : args.strides, rank, "strides"));
    this.dilationRate = Object.freeze(
      standardizeTuple(args.dilationRate === undefined ? 1 : args.dilationRate, rank, "dilation_rate"),
    );
    this.padding = standardizePadding(args.padding === undefined ? "valid" : args.padding, paddings);
    checkAfterPadding?.();
    this.dataFormat = standardizeDataFormat(args.dataFormat);
    this.activation = activations.get(args.activation ?? null);
    this.useBias = args.useBias === undefined ? true : Boolean(args.useBias);
    this.inputSpec = { minNdim: rank + 2 };
    this.#options = readWeights();
    this.biasInitializer = this.#options.bias.initializer;
    this.biasRegularizer = this.#options.bias.regularizer;
    this.biasConstraint = this.#options.bias.constraint;
  }

  /** Null when the layer has none or is not built. */
  get bias(): KerasVariable | null {
    return this.#bias;
  }

  /** The convolution itself, in the layer's data format. */
  protected abstract convolve(inputs: Value): Value;

  override call(inputs: Value): Value {
    const y = this.convolve(inputs);
    const bias = this.#bias;
    return this.activation.call(bias ? inChannelsLast(y, this.dataFormat, (h) => add(h, bias)) : y);
  }

  /** A layer given as activation is this layer's own: its weights, losses and life. */
  protected override get sublayers(): readonly Layer[] {
    // `Layer`'s constructor asks before this class's fields exist.
    const source: unknown = this.activation?.source;
    return source instanceof Layer ? [source] : [];
  }

  /** What `call` uses besides ops and weights. */
  protected override get callables(): readonly activations.Activation[] {
    return [this.activation];
  }

  protected get channelAxis(): number {
    return this.dataFormat === "channels_last" ? -1 : 1;
  }

  protected channelsOf(inputShape: PartialShape): number {
    const channels = inputShape.at(this.channelAxis);
    if (channels === null || channels === undefined) {
      throw new ValueError(
        `The channel dimension of the inputs of layer '${this.name}' must be defined. Received: input_shape=${formatShape(inputShape)}, data_format='${this.dataFormat}'`,
      );
    }
    return channels;
  }

  /**
   * The number of input channels, which later calls must have too. Refuses channels and shapes that `check` refuses, then a kernel
   * size with fractions, which the constructor let pass. Fractions among strides and dilation are left to the call, as in Keras.
   */
  protected prepareBuild(inputShape: PartialShape, check?: (channels: number) => void): number {
    standardizeShape(inputShape, "input_shape");
    const channels = this.channelsOf(inputShape);
    if (channels <= 0)
      throw new ValueError(
        `Layer '${this.name}' needs at least one input channel. Received: input_shape=${formatShape(inputShape)}`,
      );
    check?.(channels);
    assertIntegers(this.kernelSize, "kernel_size", this.name);
    this.inputSpec = { minNdim: this.rank + 2, axes: { [this.channelAxis]: channels } };
    return channels;
  }

  protected optionsOf(name: Name): WeightOptions {
    return this.#options[name];
  }

  /** Adds the kernels, and a bias of so many channels where there is one. Returns the kernels. */
  protected addKernels(kernels: readonly WeightSpec[], channels: number): KerasVariable[] {
    const bias = this.useBias ? [weightSpec("bias", [channels], this.#options.bias)] : [];
    const made = this.addWeights([...kernels, ...bias]);
    this.#bias = made[kernels.length] ?? null;
    return made.slice(0, kernels.length);
  }

  protected spatialConfig(): KerasConfig {
    return {
      kernel_size: [...this.kernelSize],
      strides: [...this.strides],
      padding: this.padding,
      data_format: this.dataFormat,
      dilation_rate: [...this.dilationRate],
    };
  }

  /** What configs end with: activation, bias, and the options of all weights. */
  protected weightsConfig(): KerasConfig {
    return {
      activation: activations.serialize(this.activation),
      use_bias: this.useBias,
      ...weightOptionsConfig(this.#options, this.activityRegularizer),
    };
  }

  /** What output shapes follow from. Refuses a padding that the constructor let pass. */
  protected get geometry() {
    assertPadding(this.padding, this.#paddings);
    const { kernelSize, strides, padding, dilationRate: dilation, dataFormat } = this;
    return { kernelSize, strides, padding, dilation, dataFormat };
  }

  /** What ops take, padding aside. */
  protected get spatialOptions() {
    return { strides: this.strides, dilationRate: this.dilationRate, dataFormat: this.dataFormat };
  }

  /** Refuses steps that skip inputs in a kernel that does so too. */
  protected assertStridesOrDilation(): void {
    if (Math.max(...this.strides) <= 1 || Math.max(...this.dilationRate) <= 1) return;
    throw new ValueError(
      `\`strides > 1\` not supported in conjunction with \`dilation_rate > 1\`. Received: strides=${formatShape(this.strides)} and dilation_rate=${formatShape(this.dilationRate)}. Use one of them, or two layers.`,
    );
  }

  /** A weight that exists once the layer is built. */
  protected builtWeight(name: string, weight: KerasVariable | null): KerasVariable {
    if (!weight)
      throw new ValueError(
        `Layer '${this.name}' has no ${name} before it is built. Build it with build(inputShape), or call it.`,
      );
    return weight;
  }
}
