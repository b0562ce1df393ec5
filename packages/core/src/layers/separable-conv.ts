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
import { DEPTHWISE_STAGE_ARGUMENTS, DepthwiseStage, type DepthwiseStageArgs } from "./depthwise-stage.ts";
import type { PartialShape } from "./layer-args.ts";
import { readWeightOptions, weightSpec } from "./weight-options.ts";

/** Arguments of SeparableConv1D and SeparableConv2D, named as in Keras: those of the depthwise stage, and its own. */
export interface SeparableConvArgs extends DepthwiseStageArgs {
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
export abstract class SeparableConv extends DepthwiseStage<"pointwise"> {
  static override readonly argumentNames: readonly string[] = [
    ...DEPTHWISE_STAGE_ARGUMENTS,
    "filters",
    "pointwiseInitializer",
    "pointwiseRegularizer",
    "pointwiseConstraint",
  ];
  readonly filters: number;
  readonly pointwiseInitializer: initializers.Initializer | null;
  readonly pointwiseRegularizer: regularizers.Regularizer | null;
  readonly pointwiseConstraint: constraints.Constraint | null;
  #depthwiseKernel: KerasVariable | null = null;
  #pointwiseKernel: KerasVariable | null = null;

  constructor(rank: number, args: SeparableConvArgs) {
    const defaults = { depthwise: "glorot_uniform", pointwise: "glorot_uniform", bias: "zeros" };
    super(rank, args, () => readWeightOptions(args, defaults));
    const { initializer, regularizer, constraint } = this.optionsOf("pointwise");
    this.pointwiseInitializer = initializer;
    this.pointwiseRegularizer = regularizer;
    this.pointwiseConstraint = constraint;
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
    const pointwise = [...ones, channels * this.depthMultiplier, this.filters];
    const kernels = [
      this.depthwiseSpec("depthwise_kernel", channels),
      weightSpec("pointwise_kernel", pointwise, this.optionsOf("pointwise")),
    ];
    [this.#depthwiseKernel = null, this.#pointwiseKernel = null] = this.addKernels(kernels, this.filters);
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
      ...this.weightsConfig(),
    };
  }

  protected override convolve(inputs: Value): Value {
    const options = { ...this.spatialOptions, padding: this.padding };
    return separableConv(inputs, this.depthwiseKernel, this.pointwiseKernel, options);
  }
}
