/** The depthwise convolution of any rank (Keras: `BaseDepthwiseConv`). */
import * as constraints from "../constraints/index.ts";
import { ValueError } from "../errors.ts";
import * as initializers from "../initializers/index.ts";
import { depthwiseConv } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import * as regularizers from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { standardizePositive } from "./arguments.ts";
import type { PartialShape } from "./layer-args.ts";
import { SPATIAL_CONV_ARGUMENTS, SpatialConv, type SpatialConvArgs } from "./spatial-conv.ts";

/** Arguments of DepthwiseConv1D and DepthwiseConv2D, named as in Keras. */
export type DepthwiseConvArgs = SpatialConvArgs;

/**
 * Each input channel is convolved with its own `depthMultiplier` filters: output channel `c·depthMultiplier + i`.
 * Weights: `kernel` `[...kernelSize, channels, depthMultiplier]`, `bias` `[channels·depthMultiplier]`.
 */
export abstract class DepthwiseConv extends SpatialConv {
  static override readonly argumentNames: readonly string[] = SPATIAL_CONV_ARGUMENTS;
  readonly depthMultiplier: number;
  readonly depthwiseInitializer: initializers.Initializer | null;
  readonly biasInitializer: initializers.Initializer | null;
  readonly depthwiseRegularizer: regularizers.Regularizer | null;
  readonly biasRegularizer: regularizers.Regularizer | null;
  readonly depthwiseConstraint: constraints.Constraint | null;
  readonly biasConstraint: constraints.Constraint | null;
  #kernel: KerasVariable | null = null;

  constructor(rank: number, args: DepthwiseConvArgs) {
    super(rank, args);
    this.depthwiseInitializer = initializers.get(
      args.depthwiseInitializer === undefined ? "glorot_uniform" : args.depthwiseInitializer,
    );
    this.biasInitializer = initializers.get(args.biasInitializer === undefined ? "zeros" : args.biasInitializer);
    this.depthwiseRegularizer = regularizers.get(args.depthwiseRegularizer ?? null);
    this.biasRegularizer = regularizers.get(args.biasRegularizer ?? null);
    this.depthwiseConstraint = constraints.get(args.depthwiseConstraint ?? null);
    this.biasConstraint = constraints.get(args.biasConstraint ?? null);
    this.depthMultiplier = standardizePositive(
      args.depthMultiplier === undefined ? 1 : args.depthMultiplier,
      "depth_multiplier",
    );
  }

  /** `[...kernelSize, channels, depthMultiplier]`. Throws before build. */
  get kernel(): KerasVariable {
    if (!this.#kernel)
      throw new ValueError(
        `Layer '${this.name}' has no kernel before it is built. Build it with build(inputShape), or call it.`,
      );
    return this.#kernel;
  }

  override build(inputShape: PartialShape): void {
    const channels = this.prepareBuild(inputShape);
    const [kernel, bias] = this.addWeights([
      {
        name: "kernel",
        shape: [...this.kernelSize, channels, this.depthMultiplier],
        initializer: this.depthwiseInitializer ?? initializers.get("glorot_uniform"),
        regularizer: this.depthwiseRegularizer,
        constraint: this.depthwiseConstraint,
      },
      ...this.biasSpec({
        shape: [channels * this.depthMultiplier],
        initializer: this.biasInitializer,
        regularizer: this.biasRegularizer,
        constraint: this.biasConstraint,
      }),
    ]);
    this.#kernel = kernel ?? null;
    this.bias = bias ?? null;
    super.build(inputShape);
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      depth_multiplier: this.depthMultiplier,
      ...this.spatialConfig(),
      depthwise_initializer: initializers.serialize(this.depthwiseInitializer),
      bias_initializer: initializers.serialize(this.biasInitializer),
      depthwise_regularizer: regularizers.serialize(this.depthwiseRegularizer),
      bias_regularizer: regularizers.serialize(this.biasRegularizer),
      activity_regularizer: regularizers.serialize(this.activityRegularizer),
      depthwise_constraint: constraints.serialize(this.depthwiseConstraint),
      bias_constraint: constraints.serialize(this.biasConstraint),
    };
  }

  protected override outputChannels(inputChannels: number): number {
    return inputChannels * this.depthMultiplier;
  }

  protected override convolve(x: Value): Value {
    return depthwiseConv(x, this.kernel, this.convOptions());
  }
}
