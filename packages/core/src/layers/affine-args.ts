/** What normalisation layers that end in `· gamma + beta` share: the arguments of both weights, and how configs hold them. */
import type { ConstraintIdentifier } from "../constraints/index.ts";
import type { InitializerIdentifier } from "../initializers/index.ts";
import type { RegularizerIdentifier } from "../regularizers/index.ts";
import type { LayerArgs } from "./layer-args.ts";
import type { WeightSpec } from "./layer-weights.ts";
import { readWeightOptions, type WeightOptions, weightSpec } from "./weight-options.ts";

export interface AffineArgs extends LayerArgs {
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
  /** Whether `beta` is added. Default true. */
  readonly center?: boolean;
  /** Whether `gamma` multiplies. Default true. */
  readonly scale?: boolean;
  /** Default `"zeros"`. */
  readonly betaInitializer?: InitializerIdentifier;
  /** Default `"ones"`. */
  readonly gammaInitializer?: InitializerIdentifier;
  readonly betaRegularizer?: RegularizerIdentifier;
  readonly gammaRegularizer?: RegularizerIdentifier;
  readonly betaConstraint?: ConstraintIdentifier;
  readonly gammaConstraint?: ConstraintIdentifier;
}

export const AFFINE_ARGUMENTS = [
  "epsilon",
  "center",
  "scale",
  "betaInitializer",
  "gammaInitializer",
  "betaRegularizer",
  "gammaRegularizer",
  "betaConstraint",
  "gammaConstraint",
] as const;

export type AffineOptions = Record<"beta" | "gamma", WeightOptions>;

/** In Keras's order: beta's initializer, gamma's, then regularizers and constraints likewise. */
export function readAffineOptions(args: AffineArgs): AffineOptions {
  return readWeightOptions(args, { beta: "zeros", gamma: "ones" });
}

/** The weights to add: gamma, then beta, those of them that the layer has. */
export function affineSpecs(
  options: AffineOptions,
  shape: readonly number[],
  has: { readonly gamma: boolean; readonly beta: boolean },
): WeightSpec[] {
  return [
    ...(has.gamma ? [weightSpec("gamma", shape, options.gamma)] : []),
    ...(has.beta ? [weightSpec("beta", shape, options.beta)] : []),
  ];
}
