/** The separable convolution of any rank (Keras: `BaseSeparableConv`): depthwise, then pointwise. */
import * as constraints from "../constraints/index.ts";
import { ValueError } from "../errors.ts";
import * as initializers from "../initializers/index.ts";
import { separableConv } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import * as regularizers from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { assertIntegers, standardizePositive } from "./arguments.ts";
import type { PartialShape } from "./layer-args.ts";
import { SPATIAL_CONV_ARGUMENTS, SpatialConv, type SpatialConvArgs } from "./spatial-conv.ts";

/** Arguments of SeparableConv1D and SeparableConv2D, named as in Keras. */
export interface SeparableConvArgs extends SpatialConvArgs {
  /** Number of output channels. */
  readonly filters: number;
  /** Default `"glorot_uniform"`. */
  readonly pointwiseInitializer?: initializers.InitializerIdentifier;
  readonly pointwiseRegularizer?: regularizers.RegularizerIdentifier;
  readonly pointwiseConstraint?: constraints.ConstraintIdentifier;
}

/**
 * Weights: `depthwise_kernel` `[...kernelSize, channels, depthMultiplier]`, `pointwise_kernel`
 * `[1, …, channels·depthMultiplier, filters]`, `bias` `[filters]`. Nothing happens between the stages.
 */
export abstract class SeparableConv extends SpatialConv {
  static override readonly argumentNames: readonly string[] = [
    ...SPATIAL_CONV_ARGUMENTS,
    "filters",
    "pointwiseInitializer",
    "pointwiseRegularizer",
    "pointwiseConstraint",
  ];
  readonly depthMultiplier: number;
  readonly filters: number;
  readonly depthwiseInitializer: initializers.Initializer | null;
  readonly pointwiseInitializer: initializers.Initializer | null;
  readonly biasInitializer: initializers.Initializer | null;
  readonly depthwiseRegularizer: regularizers.Regularizer | null;
  readonly pointwiseRegularizer: regularizers.Regularizer | null;
  readonly biasRegularizer: regularizers.Regularizer | null;
  readonly depthwiseConstraint: constraints.Constraint | null;
  readonly pointwiseConstraint: constraints.Constraint | null;
  readonly biasConstraint: constraints.Constraint | null;
  #depthwiseKernel: KerasVariable | null = null;
  #pointwiseKernel: KerasVariable | null = null;

  constructor(rank: number, args: SeparableConvArgs) {
    super(rank, args);
    this.depthwiseInitializer = initializers.get(
      args.depthwiseInitializer === undefined ? "glorot_uniform" : args.depthwiseInitializer,
    );
    this.pointwiseInitializer = initializers.get(
      args.pointwiseInitializer === undefined ? "glorot_uniform" : args.pointwiseInitializer,
    );
    this.biasInitializer = initializers.get(args.biasInitializer === undefined ? "zeros" : args.biasInitializer);
    this.depthwiseRegularizer = regularizers.get(args.depthwiseRegularizer ?? null);
    this.pointwiseRegularizer = regularizers.get(args.pointwiseRegularizer ?? null);
    this.biasRegularizer = regularizers.get(args.biasRegularizer ?? null);
    this.depthwiseConstraint = constraints.get(args.depthwiseConstraint ?? null);
    this.pointwiseConstraint = constraints.get(args.pointwiseConstraint ?? null);
    this.biasConstraint = constraints.get(args.biasConstraint ?? null);
    this.depthMultiplier = standardizePositive(
      args.depthMultiplier === undefined ? 1 : args.depthMultiplier,
      "depth_multiplier",
    );
    this.filters = standardizePositive(args.filters, "filters");
  }

  /** `[...kernelSize, channels, depthMultiplier]`. Throws before build. */
  get depthwiseKernel(): KerasVariable {
    return this.#built("depthwise_kernel", this.#depthwiseKernel);
  }

  /** `[1, …, channels·depthMultiplier, filters]`. Throws before build. */
  get pointwiseKernel(): KerasVariable {
    return this.#built("pointwise_kernel", this.#pointwiseKernel);
  }

  override build(inputShape: PartialShape): void {
    assertIntegers(this.filters, "filters", this.name);
    const channels = this.prepareBuild(inputShape);
    const [depthwise, pointwise, bias] = this.addWeights([
      {
        name: "depthwise_kernel",
        shape: [...this.kernelSize, channels, this.depthMultiplier],
        initializer: this.depthwiseInitializer ?? initializers.get("glorot_uniform"),
        regularizer: this.depthwiseRegularizer,
        constraint: this.depthwiseConstraint,
      },
      {
        name: "pointwise_kernel",
        shape: [...this.kernelSize.map(() => 1), channels * this.depthMultiplier, this.filters],
        initializer: this.pointwiseInitializer ?? initializers.get("glorot_uniform"),
        regularizer: this.pointwiseRegularizer,
        constraint: this.pointwiseConstraint,
      },
      ...this.biasSpec({
        shape: [this.filters],
        initializer: this.biasInitializer,
        regularizer: this.biasRegularizer,
        constraint: this.biasConstraint,
      }),
    ]);
    this.#depthwiseKernel = depthwise ?? null;
    this.#pointwiseKernel = pointwise ?? null;
    this.bias = bias ?? null;
    super.build(inputShape);
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      depth_multiplier: this.depthMultiplier,
      filters: this.filters,
      ...this.spatialConfig(),
      depthwise_initializer: initializers.serialize(this.depthwiseInitializer),
      pointwise_initializer: initializers.serialize(this.pointwiseInitializer),
      bias_initializer: initializers.serialize(this.biasInitializer),
      depthwise_regularizer: regularizers.serialize(this.depthwiseRegularizer),
      pointwise_regularizer: regularizers.serialize(this.pointwiseRegularizer),
      bias_regularizer: regularizers.serialize(this.biasRegularizer),
      activity_regularizer: regularizers.serialize(this.activityRegularizer),
      depthwise_constraint: constraints.serialize(this.depthwiseConstraint),
      pointwise_constraint: constraints.serialize(this.pointwiseConstraint),
      bias_constraint: constraints.serialize(this.biasConstraint),
    };
  }

  protected override outputChannels(): number {
    return this.filters;
  }

  protected override convolve(x: Value): Value {
    return separableConv(x, this.depthwiseKernel, this.pointwiseKernel, this.convOptions());
  }

  #built(name: string, weight: KerasVariable | null): KerasVariable {
    if (!weight)
      throw new ValueError(
        `Layer '${this.name}' has no ${name} before it is built. Build it with build(inputShape), or call it.`,
      );
    return weight;
  }
}
