/** The separable convolution of any rank (Keras: `BaseSeparableConv`): depthwise, then pointwise. */
import type * as constraints from "../constraints/index.ts";
import { convOutputShape } from "../geometry/conv-geometry.ts";
import type * as initializers from "../initializers/index.ts";
import { separableConv } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type * as regularizers from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { assertIntegers, standardizePositive } from "./arguments.ts";
import { DepthwiseConv, type DepthwiseConvArgs } from "./depthwise-conv.ts";
import type { PartialShape } from "./layer-args.ts";
import { SpatialConv, VALID_OR_SAME } from "./spatial-conv.ts";
import { readWeightOptions, type WeightOptions, weightOptionsConfig, weightSpec } from "./weight-options.ts";

/** Arguments of SeparableConv1D and SeparableConv2D, named as in Keras: those of the depthwise stage, and its own. */
export interface SeparableConvArgs extends DepthwiseConvArgs {
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
    ...DepthwiseConv.argumentNames,
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
  readonly #options: Record<"depthwise" | "pointwise" | "bias", WeightOptions>;
  #depthwiseKernel: KerasVariable | null = null;
  #pointwiseKernel: KerasVariable | null = null;

  constructor(rank: number, args: SeparableConvArgs) {
    super(rank, args, { paddings: VALID_OR_SAME });
    this.#options = readWeightOptions({
      depthwise: {
        initializer: args.depthwiseInitializer,
        regularizer: args.depthwiseRegularizer,
        constraint: args.depthwiseConstraint,
      },
      pointwise: {
        initializer: args.pointwiseInitializer,
        regularizer: args.pointwiseRegularizer,
        constraint: args.pointwiseConstraint,
      },
      bias: {
        initializer: args.biasInitializer,
        fallback: "zeros",
        regularizer: args.biasRegularizer,
        constraint: args.biasConstraint,
      },
    });
    this.depthwiseInitializer = this.#options.depthwise.initializer;
    this.pointwiseInitializer = this.#options.pointwise.initializer;
    this.biasInitializer = this.#options.bias.initializer;
    this.depthwiseRegularizer = this.#options.depthwise.regularizer;
    this.pointwiseRegularizer = this.#options.pointwise.regularizer;
    this.biasRegularizer = this.#options.bias.regularizer;
    this.depthwiseConstraint = this.#options.depthwise.constraint;
    this.pointwiseConstraint = this.#options.pointwise.constraint;
    this.biasConstraint = this.#options.bias.constraint;
    this.depthMultiplier = standardizePositive(
      args.depthMultiplier === undefined ? 1 : args.depthMultiplier,
      "depth_multiplier",
    );
    this.filters = standardizePositive(args.filters, "filters");
  }

  /** `[...kernelSize, channels, depthMultiplier]`. Throws before build. */
  get depthwiseKernel(): KerasVariable {
    return this.builtWeight("depthwise_kernel", this.#depthwiseKernel);
  }

  /** `[1, …, channels·depthMultiplier, filters]`. Throws before build. */
  get pointwiseKernel(): KerasVariable {
    return this.builtWeight("pointwise_kernel", this.#pointwiseKernel);
  }

  override build(inputShape: PartialShape): void {
    const channels = this.prepareBuild(inputShape, () => this.computeOutputShape(inputShape));
    assertIntegers(this.depthMultiplier, "depth_multiplier", this.name);
    assertIntegers(this.filters, "filters", this.name);
    const ones = this.kernelSize.map(() => 1);
    const [depthwise, pointwise, bias] = this.addWeights([
      weightSpec("depthwise_kernel", [...this.kernelSize, channels, this.depthMultiplier], this.#options.depthwise),
      weightSpec("pointwise_kernel", [...ones, channels * this.depthMultiplier, this.filters], this.#options.pointwise),
      ...this.biasSpec(this.filters, this.#options.bias),
    ]);
    this.#depthwiseKernel = depthwise ?? null;
    this.#pointwiseKernel = pointwise ?? null;
    this.bias = bias ?? null;
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    return convOutputShape(inputShape, { ...this.geometry, filters: this.filters });
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      depth_multiplier: this.depthMultiplier,
      filters: this.filters,
      ...this.spatialConfig(),
      ...this.activationConfig(),
      ...weightOptionsConfig(this.#options, this.activityRegularizer),
    };
  }

  protected override convolve(inputs: Value): Value {
    const options = { ...this.spatialOptions, padding: this.padding };
    return separableConv(inputs, this.depthwiseKernel, this.pointwiseKernel, options);
  }
}
