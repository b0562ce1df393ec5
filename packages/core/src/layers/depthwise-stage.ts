/** What the depthwise and separable convolutions of any rank share: the depthwise stage, its options and its kernel. */
import type { Constraint, ConstraintIdentifier } from "../constraints/index.ts";
import type { Initializer, InitializerIdentifier } from "../initializers/index.ts";
import type { Regularizer, RegularizerIdentifier } from "../regularizers/index.ts";
import { standardizePositive } from "./arguments.ts";
import type { WeightSpec } from "./layer-weights.ts";
import {
  SPATIAL_CONV_ARGUMENTS,
  SpatialConv,
  type SpatialConvArgs,
  type SpatialConvRules,
  VALID_OR_SAME,
} from "./spatial-conv.ts";
import { weightSpec } from "./weight-options.ts";

/** Its arguments. Strides and dilation may be combined. */
export interface DepthwiseStageArgs extends SpatialConvArgs {
  /** Output channels made of each input channel. Default 1. */
  readonly depthMultiplier?: number;
  /** Default `"glorot_uniform"`. */
  readonly depthwiseInitializer?: InitializerIdentifier;
  readonly depthwiseRegularizer?: RegularizerIdentifier;
  readonly depthwiseConstraint?: ConstraintIdentifier;
}

export const DEPTHWISE_STAGE_ARGUMENTS = [
  ...SPATIAL_CONV_ARGUMENTS,
  "depthMultiplier",
  "depthwiseInitializer",
  "depthwiseRegularizer",
  "depthwiseConstraint",
] as const;

/** `Name`: what options of further kernels are called by. */
export abstract class DepthwiseStage<Name extends string = never> extends SpatialConv<"depthwise" | Name> {
  readonly depthMultiplier: number;
  readonly depthwiseInitializer: Initializer | null;
  readonly depthwiseRegularizer: Regularizer | null;
  readonly depthwiseConstraint: Constraint | null;

  constructor(
    rank: number,
    args: DepthwiseStageArgs,
    readWeights: SpatialConvRules<"valid" | "same", "depthwise" | Name>["readWeights"],
  ) {
    super(rank, args, { paddings: VALID_OR_SAME, readWeights });
    const { initializer, regularizer, constraint } = this.optionsOf("depthwise");
    this.depthwiseInitializer = initializer;
    this.depthwiseRegularizer = regularizer;
    this.depthwiseConstraint = constraint;
    const { depthMultiplier = 1 } = args;
    this.depthMultiplier = standardizePositive(depthMultiplier, "depth_multiplier");
  }

  /** The kernel to add, `[...kernelSize, channels, depthMultiplier]`. */
  protected depthwiseSpec(name: string, channels: number): WeightSpec {
    return weightSpec(name, [...this.kernelSize, channels, this.depthMultiplier], this.optionsOf("depthwise"));
  }
}
