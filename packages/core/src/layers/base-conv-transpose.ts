/** The transposed convolution of any rank (Keras: `BaseConvTranspose`). */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { convTransposeOutputShape } from "../geometry/conv-transpose-geometry.ts";
import { convTranspose } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { assertIntegers, standardizeTuple } from "./arguments.ts";
import { KERNEL_CONV_ARGUMENTS, KernelConv, type KernelConvArgs } from "./kernel-conv.ts";
import type { PartialShape } from "./layer-args.ts";
import { type IntOrTuple, VALID_OR_SAME } from "./spatial-conv.ts";

/** Arguments of Conv1DTranspose, Conv2DTranspose and Conv3DTranspose, named as in Keras. Strides and dilation cannot both be above 1. */
export interface ConvTransposeArgs extends KernelConvArgs {
  /** Positions more at the end of each axis, fewer than the strides. Default (also null): what follows from `padding`. */
  readonly outputPadding?: IntOrTuple | null;
}

/** Weights: `kernel` `[...kernelSize, filters, channels]`, `bias` `[filters]`. */
export abstract class BaseConvTranspose extends KernelConv {
  static override readonly argumentNames: readonly string[] = [...KERNEL_CONV_ARGUMENTS, "outputPadding"];
  readonly outputPadding: readonly number[] | null;

  constructor(rank: number, args: ConvTransposeArgs) {
    const outputPadding = () => standardizeOutputPadding(args.outputPadding, rank);
    super(rank, args, { paddings: VALID_OR_SAME, checkAfterPadding: outputPadding });
    this.outputPadding = outputPadding();
    this.#checkOutputPadding();
    this.assertStridesOrDilation();
  }

  /** `[...kernelSize, filters, channels]`. Throws before build. */
  get kernel(): KerasVariable {
    return this.builtKernel;
  }

  override build(inputShape: PartialShape): void {
    const channels = this.prepareBuild(inputShape);
    this.addKernel([...this.kernelSize, this.filters, channels]);
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
      ...this.weightsConfig(),
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
