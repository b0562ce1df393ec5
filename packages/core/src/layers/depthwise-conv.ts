/** The depthwise convolution of any rank (Keras: `BaseDepthwiseConv`). */
import { convOutputShape } from "../geometry/conv-geometry.ts";
import { depthwiseConv } from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { KerasVariable } from "../variable.ts";
import { assertIntegers } from "./arguments.ts";
import { DEPTHWISE_STAGE_ARGUMENTS, DepthwiseStage, type DepthwiseStageArgs } from "./depthwise-stage.ts";
import type { PartialShape } from "./layer-args.ts";
import { readWeightOptions } from "./weight-options.ts";

/** Arguments of DepthwiseConv1D and DepthwiseConv2D, named as in Keras. Strides and dilation may be combined. */
export interface DepthwiseConvArgs extends DepthwiseStageArgs {}

/**
 * Each input channel is convolved with its own `depthMultiplier` filters: output channel `c·depthMultiplier + i`.
 * Weights: `kernel` `[...kernelSize, channels, depthMultiplier]`, `bias` `[channels·depthMultiplier]`.
 */
export abstract class DepthwiseConv extends DepthwiseStage {
  static override readonly argumentNames: readonly string[] = DEPTHWISE_STAGE_ARGUMENTS;
  #kernel: KerasVariable | null = null;

  constructor(rank: number, args: DepthwiseConvArgs) {
    super(rank, args, () => readWeightOptions(args, { depthwise: "glorot_uniform", bias: "zeros" }));
  }

  /** `[...kernelSize, channels, depthMultiplier]`. Throws before build. */
  get kernel(): KerasVariable {
    return this.builtWeight("kernel", this.#kernel);
  }

  override build(inputShape: PartialShape): void {
    const channels = this.prepareBuild(inputShape, () => this.computeOutputShape(inputShape));
    const kernels = [this.depthwiseSpec("kernel", channels)];
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
