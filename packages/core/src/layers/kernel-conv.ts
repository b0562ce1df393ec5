/** What Conv and ConvTranspose of any rank share: one kernel, its options, and the number of filters. */
import type { Constraint, ConstraintIdentifier } from "../constraints/index.ts";
import type { ConvPadding } from "../geometry/conv-geometry.ts";
import type { Initializer, InitializerIdentifier } from "../initializers/index.ts";
import type { Regularizer, RegularizerIdentifier } from "../regularizers/index.ts";
import type { KerasVariable } from "../variable.ts";
import { assertIntegers, standardizePositive } from "./arguments.ts";
import { SPATIAL_CONV_ARGUMENTS, SpatialConv, type SpatialConvArgs, type SpatialConvRules } from "./spatial-conv.ts";
import { readWeightOptions, weightSpec } from "./weight-options.ts";

export interface KernelConvArgs<P extends ConvPadding = "valid" | "same"> extends SpatialConvArgs<P> {
  /** Number of output channels. */
  readonly filters: number;
  /** Default `"glorot_uniform"`. */
  readonly kernelInitializer?: InitializerIdentifier;
  readonly kernelRegularizer?: RegularizerIdentifier;
  readonly kernelConstraint?: ConstraintIdentifier;
}

export const KERNEL_CONV_ARGUMENTS = [
  ...SPATIAL_CONV_ARGUMENTS,
  "filters",
  "kernelInitializer",
  "kernelRegularizer",
  "kernelConstraint",
] as const;

/** Weights: `kernel` and `bias` `[filters]`. */
export abstract class KernelConv<P extends ConvPadding = "valid" | "same"> extends SpatialConv<"kernel", P> {
  readonly filters: number;
  readonly kernelInitializer: Initializer | null;
  readonly kernelRegularizer: Regularizer | null;
  readonly kernelConstraint: Constraint | null;
  #kernel: KerasVariable | null = null;

  constructor(rank: number, args: KernelConvArgs<P>, rules: Omit<SpatialConvRules<P, "kernel">, "readWeights">) {
    const readWeights = () => readWeightOptions(args, { kernel: "glorot_uniform", bias: "zeros" });
    super(rank, args, { ...rules, readWeights });
    const { initializer, regularizer, constraint } = this.optionsOf("kernel");
    this.kernelInitializer = initializer;
    this.kernelRegularizer = regularizer;
    this.kernelConstraint = constraint;
    this.filters = standardizePositive(args.filters, "filters");
  }

  /** Null before build. */
  protected get kernelWeight(): KerasVariable | null {
    return this.#kernel;
  }

  /** Throws before build. */
  protected get builtKernel(): KerasVariable {
    return this.builtWeight("kernel", this.#kernel);
  }

  /** Adds the kernel, and the bias. Refuses a number of filters with a fraction, which the constructor let pass. */
  protected addKernel(shape: readonly number[]): void {
    assertIntegers(this.filters, "filters", this.name);
    const [kernel] = this.addKernels([weightSpec("kernel", shape, this.optionsOf("kernel"))], this.filters);
    this.#kernel = kernel ?? null;
  }
}
