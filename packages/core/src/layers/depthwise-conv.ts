/** The depthwise convolution of any rank (Keras: `BaseDepthwiseConv`). */
import type * as constraints from "../constraints/index.ts";
import { convOutputShape } from "../geometry/conv-geometry.ts";
import type * as initializers from "../initializers/index.ts";
import { depthwiseConv } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type * as regularizers from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { assertIntegers, standardizePositive } from "./arguments.ts";
import type { PartialShape } from "./layer-args.ts";
import { SPATIAL_CONV_ARGUMENTS, SpatialConv, type SpatialConvArgs, VALID_OR_SAME } from "./spatial-conv.ts";
import { readWeightOptions, weightSpec } from "./weight-options.ts";

/** Arguments of DepthwiseConv1D and DepthwiseConv2D, named as in Keras. Strides and dilation may be combined. */
export interface DepthwiseConvArgs extends SpatialConvArgs {
  /** Output channels made of each input channel. Default 1. */
  readonly depthMultiplier?: number;
  /** Default `"glorot_uniform"`. */
  readonly depthwiseInitializer?: initializers.InitializerIdentifier;
  readonly depthwiseRegularizer?: regularizers.RegularizerIdentifier;
  readonly depthwiseConstraint?: constraints.ConstraintIdentifier;
}

/**
 * Each input channel is convolved with its own `depthMultiplier` filters: output channel `c·depthMultiplier + i`.
 * Weights: `kernel` `[...kernelSize, channels, depthMultiplier]`, `bias` `[channels·depthMultiplier]`.
 */
export abstract class DepthwiseConv extends SpatialConv<"depthwise"> {
  static override readonly argumentNames: readonly string[] = [
    ...SPATIAL_CONV_ARGUMENTS,
    "depthMultiplier",
    "depthwiseInitializer",
    "depthwiseRegularizer",
    "depthwiseConstraint",
  ];
  readonly depthMultiplier: number;
  readonly depthwiseInitializer: initializers.Initializer | null;
  readonly depthwiseRegularizer: regularizers.Regularizer | null;
  readonly depthwiseConstraint: constraints.Constraint | null;
  #kernel: KerasVariable | null = null;

  constructor(rank: number, args: DepthwiseConvArgs) {
    const readWeights = () => readWeightOptions(args, { depthwise: "glorot_uniform", bias: "zeros" });
    super(rank, args, { paddings: VALID_OR_SAME, readWeights });
    const { initializer, regularizer, constraint } = this.optionsOf("depthwise");
    this.depthwiseInitializer = initializer;
    this.depthwiseRegularizer = regularizer;
    this.depthwiseConstraint = constraint;
    this.depthMultiplier = standardizePositive(
      args.depthMultiplier === undefined ? 1 : args.depthMultiplier,
      "depth_multiplier",
    );
  }

  /** `[...kernelSize, channels, depthMultiplier]`. Throws before build. */
  get kernel(): KerasVariable {
    return this.builtWeight("kernel", this.#kernel);
  }

  override build(inputShape: PartialShape): void {
    const channels = this.prepareBuild(inputShape, () => this.computeOutputShape(inputShape));
    const shape = [...this.kernelSize, channels, this.depthMultiplier];
    const kernels = [weightSpec("kernel", shape, this.optionsOf("depthwise"))];
    [this.#kernel = null] = this.addKernels(kernels, channels * this.depthMultiplier);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    assertIntegers(this.depthMultiplier, "depth_multiplier", this.name);
    const filters = this.channelsOf(inputShape) * this.depthMultiplier;
    return convOutputShape(inputShape, { ...this.geometry, filters });
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      depth_multiplier: this.depthMultiplier,
      ...this.spatialConfig(),
      ...this.weightsConfig(),
    };
  }

  protected override convolve(inputs: Value): Value {
    return depthwiseConv(inputs, this.kernel, { ...this.spatialOptions, padding: this.padding });
  }
}
