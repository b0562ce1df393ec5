/** The transposed convolution of any rank (Keras: `BaseConvTranspose`). */
import type * as constraints from "../constraints/index.ts";
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { convTransposeOutputShape } from "../geometry/conv-transpose-geometry.ts";
import type * as initializers from "../initializers/index.ts";
import { convTranspose } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type * as regularizers from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { assertIntegers, standardizePositive, standardizeTuple } from "./arguments.ts";
import type { PartialShape } from "./layer-args.ts";
import {
  type IntOrTuple,
  SPATIAL_CONV_ARGUMENTS,
  SpatialConv,
  type SpatialConvArgs,
  VALID_OR_SAME,
} from "./spatial-conv.ts";
import { readWeightOptions, type WeightOptions, weightOptionsConfig, weightSpec } from "./weight-options.ts";

/** Arguments of Conv1DTranspose, Conv2DTranspose and Conv3DTranspose, named as in Keras. Strides and dilation cannot both be above 1. */
export interface ConvTransposeArgs extends SpatialConvArgs {
  /** Number of output channels. */
  readonly filters: number;
  /** Positions more at the end of each axis, fewer than the strides. Default (also null): what follows from `padding`. */
  readonly outputPadding?: IntOrTuple | null;
  /** Default `"glorot_uniform"`. */
  readonly kernelInitializer?: initializers.InitializerIdentifier;
  readonly kernelRegularizer?: regularizers.RegularizerIdentifier;
  readonly kernelConstraint?: constraints.ConstraintIdentifier;
}

/** Weights: `kernel` `[...kernelSize, filters, channels]`, `bias` `[filters]`. */
export abstract class BaseConvTranspose extends SpatialConv {
  static override readonly argumentNames: readonly string[] = [
    ...SPATIAL_CONV_ARGUMENTS,
    "filters",
    "outputPadding",
    "kernelInitializer",
    "kernelRegularizer",
    "kernelConstraint",
  ];
  readonly filters: number;
  readonly outputPadding: readonly number[] | null;
  readonly kernelInitializer: initializers.Initializer | null;
  readonly biasInitializer: initializers.Initializer | null;
  readonly kernelRegularizer: regularizers.Regularizer | null;
  readonly biasRegularizer: regularizers.Regularizer | null;
  readonly kernelConstraint: constraints.Constraint | null;
  readonly biasConstraint: constraints.Constraint | null;
  readonly #options: Record<"kernel" | "bias", WeightOptions>;
  #kernel: KerasVariable | null = null;

  constructor(rank: number, args: ConvTransposeArgs) {
    const outputPadding = () => standardizeOutputPadding(args.outputPadding, rank);
    super(rank, args, { paddings: VALID_OR_SAME, checkAfterPadding: outputPadding });
    this.outputPadding = outputPadding();
    this.#options = readWeightOptions({
      kernel: {
        initializer: args.kernelInitializer,
        regularizer: args.kernelRegularizer,
        constraint: args.kernelConstraint,
      },
      bias: {
        initializer: args.biasInitializer,
        fallback: "zeros",
        regularizer: args.biasRegularizer,
        constraint: args.biasConstraint,
      },
    });
    this.kernelInitializer = this.#options.kernel.initializer;
    this.biasInitializer = this.#options.bias.initializer;
    this.kernelRegularizer = this.#options.kernel.regularizer;
    this.biasRegularizer = this.#options.bias.regularizer;
    this.kernelConstraint = this.#options.kernel.constraint;
    this.biasConstraint = this.#options.bias.constraint;
    this.filters = standardizePositive(args.filters, "filters");
    this.#checkOutputPadding();
    this.assertStridesOrDilation();
  }

  /** `[...kernelSize, filters, channels]`. Throws before build. */
  get kernel(): KerasVariable {
    return this.builtWeight("kernel", this.#kernel);
  }

  override build(inputShape: PartialShape): void {
    const channels = this.prepareBuild(inputShape);
    assertIntegers(this.filters, "filters", this.name);
    const [kernel, bias] = this.addWeights([
      weightSpec("kernel", [...this.kernelSize, this.filters, channels], this.#options.kernel),
      ...this.biasSpec(this.filters, this.#options.bias),
    ]);
    this.#kernel = kernel ?? null;
    this.bias = bias ?? null;
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    const { outputPadding } = this;
    assertIntegers(this.strides, "strides", this.name);
    if (outputPadding) assertIntegers(outputPadding, "output_padding", this.name);
    return convTransposeOutputShape(inputShape, this.filters, this.dataFormat, { ...this.geometry, outputPadding });
  }

  override getConfig(): KerasConfig {
    const { kernel_size = null, strides = null, padding = null, ...others } = this.spatialConfig();
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernel_size,
      strides,
      padding,
      output_padding: this.outputPadding && [...this.outputPadding],
      ...others,
      ...this.activationConfig(),
      ...weightOptionsConfig(this.#options, this.activityRegularizer),
    };
  }

  protected override convolve(inputs: Value): Value {
    const { padding } = this.geometry;
    return convTranspose(inputs, this.kernel, { ...this.spatialOptions, padding, outputPadding: this.outputPadding });
  }

  #checkOutputPadding(): void {
    const axis = this.outputPadding?.findIndex((n, i) => n >= (this.strides[i] ?? 1)) ?? -1;
    if (axis < 0) return;
    throw new ValueError(
      `\`output_padding\` must be strictly less than \`strides\` for all dimensions; at dimension ${axis} it is not. Received: output_padding=${formatShape(this.outputPadding ?? [])}, strides=${formatShape(this.strides)}`,
    );
  }
}

function standardizeOutputPadding(value: ConvTransposeArgs["outputPadding"], rank: number): readonly number[] | null {
  if (value === null || value === undefined) return null;
  return Object.freeze(standardizeTuple(value, rank, "output_padding", { allowZero: true }));
}
