/** What depthwise and separable convolutions of every rank share: spatial arguments, the input spec, the forward frame. */
import * as activations from "../activations/index.ts";
import { standardizeDataFormat } from "../config.ts";
import type { ConstraintIdentifier } from "../constraints/index.ts";
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { type ConvDataFormat, convOutputShape } from "../geometry/conv-geometry.ts";
import { get as getInitializer, type Initializer, type InitializerIdentifier } from "../initializers/index.ts";
import { add, inChannelsLast } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { RegularizerIdentifier } from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { assertIntegers, assertPadding, standardizePadding, standardizeTuple } from "./arguments.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape } from "./layer-args.ts";
import type { WeightSpec } from "./layer-weights.ts";
import { standardizeShape } from "./shapes.ts";

export type IntOrTuple = number | readonly number[];

/** Arguments that depthwise and separable convolutions share. */
export interface SpatialConvArgs extends LayerArgs {
  /** Size of the filter window: one number, or one a spatial axis. */
  readonly kernelSize: IntOrTuple;
  /** Default 1. May differ by axis, and be combined with dilation. */
  readonly strides?: IntOrTuple;
  /** `"valid"` (default) or `"same"`, in any case. */
  readonly padding?: "valid" | "same" | Uppercase<"valid" | "same">;
  /** Output channels a depthwise stage makes of each input channel. Default 1. */
  readonly depthMultiplier?: number;
  /** `"channels_last"` or `"channels_first"`. Default `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
  /** Default 1. */
  readonly dilationRate?: IntOrTuple;
  /** A name, or a function of a value (planned when it uses `keras.ops` only). Default none. */
  readonly activation?: activations.ActivationIdentifier;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `"glorot_uniform"`. */
  readonly depthwiseInitializer?: InitializerIdentifier;
  /** Default `"zeros"`. Null means glorot_uniform, as in Keras. */
  readonly biasInitializer?: InitializerIdentifier;
  readonly depthwiseRegularizer?: RegularizerIdentifier;
  readonly biasRegularizer?: RegularizerIdentifier;
  readonly depthwiseConstraint?: ConstraintIdentifier;
  readonly biasConstraint?: ConstraintIdentifier;
}

export const SPATIAL_CONV_ARGUMENTS = [
  ...LAYER_ARGUMENTS,
  "kernelSize",
  "strides",
  "padding",
  "depthMultiplier",
  "dataFormat",
  "dilationRate",
  "activation",
  "useBias",
  "depthwiseInitializer",
  "biasInitializer",
  "depthwiseRegularizer",
  "biasRegularizer",
  "depthwiseConstraint",
  "biasConstraint",
] as const;

const PADDINGS = ["valid", "same"] as const;

export abstract class SpatialConv extends Layer {
  readonly rank: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: "valid" | "same";
  readonly dataFormat: ConvDataFormat;
  readonly dilationRate: readonly number[];
  readonly activation: activations.Activation;
  readonly useBias: boolean;
  abstract readonly depthMultiplier: number;
  #bias: KerasVariable | null = null;

  constructor(rank: number, args: SpatialConvArgs) {
    super(args);
    this.rank = rank;
    this.kernelSize = Object.freeze(standardizeTuple(args.kernelSize, rank, "kernel_size"));
    this.strides = Object.freeze(standardizeTuple(args.strides === undefined ? 1 : args.strides, rank, "strides"));
    this.dilationRate = Object.freeze(
      standardizeTuple(args.dilationRate === undefined ? 1 : args.dilationRate, rank, "dilation_rate"),
    );
    this.padding = standardizePadding(args.padding === undefined ? "valid" : args.padding, PADDINGS);
    this.dataFormat = standardizeDataFormat(args.dataFormat);
    this.activation = activations.get(args.activation ?? null);
    this.useBias = args.useBias === undefined ? true : Boolean(args.useBias);
    this.inputSpec = { minNdim: rank + 2 };
  }

  /** Null when the layer has none or is not built. */
  get bias(): KerasVariable | null {
    return this.#bias;
  }

  protected set bias(weight: KerasVariable | null) {
    this.#bias = weight;
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    const { kernelSize, strides, padding, dilationRate: dilation, dataFormat } = this;
    return convOutputShape(inputShape, {
      filters: this.outputChannels(this.channelsOf(inputShape)),
      kernelSize,
      strides,
      padding,
      dilation,
      dataFormat,
    });
  }

  protected abstract outputChannels(inputChannels: number): number;

  /** The convolution itself, on channels-last values. */
  protected abstract convolve(x: Value): Value;

  /** A layer given as activation is this layer's own: its weights, losses and life. */
  protected override get sublayers(): readonly Layer[] {
    // `Layer`'s constructor asks before this class's fields exist.
    const source: unknown = this.activation?.source;
    return source instanceof Layer ? [source] : [];
  }

  override call(inputs: Value): Value {
    const y = inChannelsLast(inputs, this.dataFormat, (x) => {
      const h = this.convolve(x);
      return this.#bias ? add(h, this.#bias) : h;
    });
    return this.activation.call(y);
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

  /** Fixes rank and channels for later calls and checks that the output is not empty. */
  protected prepareBuild(inputShape: PartialShape): number {
    standardizeShape(inputShape, "input_shape");
    assertPadding(this.padding, PADDINGS);
    assertIntegers(this.kernelSize, "kernel_size", this.name);
    assertIntegers(this.strides, "strides", this.name);
    assertIntegers(this.dilationRate, "dilation_rate", this.name);
    assertIntegers(this.depthMultiplier, "depth_multiplier", this.name);
    const channels = this.channelsOf(inputShape);
    if (channels <= 0)
      throw new ValueError(
        `Layer '${this.name}' needs at least one input channel. Received: input_shape=${formatShape(inputShape)}`,
      );
    this.computeOutputShape(inputShape);
    this.inputSpec = { minNdim: this.rank + 2, axes: { [this.channelAxis]: channels } };
    return channels;
  }

  /** The bias as a weight to add, or nothing. A null initializer is add_weight's own default, not zeros. */
  protected biasSpec(
    spec: Omit<WeightSpec, "name" | "initializer"> & { initializer: Initializer | null },
  ): WeightSpec[] {
    return this.useBias
      ? [{ ...spec, name: "bias", initializer: spec.initializer ?? getInitializer("glorot_uniform") }]
      : [];
  }

  protected spatialConfig(): KerasConfig {
    return {
      kernel_size: [...this.kernelSize],
      strides: [...this.strides],
      padding: this.padding,
      data_format: this.dataFormat,
      dilation_rate: [...this.dilationRate],
      activation: activations.serialize(this.activation),
      use_bias: this.useBias,
    };
  }

  protected convOptions() {
    // `call` has moved the channels to the end, whatever the layer's or the global data format.
    const dataFormat = "channels_last" as const;
    return { strides: this.strides, padding: this.padding, dilationRate: this.dilationRate, dataFormat };
  }
}
