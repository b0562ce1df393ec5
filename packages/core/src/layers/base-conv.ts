/** The convolution of any rank (Keras: `BaseConv`). */
import type { ConstraintIdentifier } from "../constraints/index.ts";
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { type ConvPadding, convOutputShape } from "../geometry/conv-geometry.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { Tensor } from "../tf.ts";
import type { KerasVariable } from "../variable.ts";
import { KERNEL_CONV_ARGUMENTS, KernelConv, type KernelConvArgs } from "./kernel-conv.ts";
import type { PartialShape } from "./layer-args.ts";
import type { WeightSpec } from "./layer-weights.ts";
import { Lora, type LoraOptions } from "./lora.ts";

/** Arguments of Conv1D, Conv2D and Conv3D, named as in Keras. Strides and dilation cannot both be above 1. */
export interface ConvArgs<P extends ConvPadding = "valid" | "same"> extends KernelConvArgs<P> {
  /** Number of output channels, a multiple of `groups`. */
  readonly filters: number;
  /** Equal parts that the channels are split in; each output channel reads one part. Default 1. */
  readonly groups?: number;
  /** Cannot be combined with LoRA. */
  readonly kernelConstraint?: ConstraintIdentifier;
  /** Rank of the trainable correction to a frozen kernel; `enableLora` does the same later. Default none. */
  readonly loraRank?: number | null;
  /** The correction is scaled by `loraAlpha / loraRank`. Default `loraRank`. */
  readonly loraAlpha?: number | null;
}

/**
 * Weights: `kernel` `[...kernelSize, channels / groups, filters]`, `bias` `[filters]`, and with LoRA `lora_kernel_a`
 * `[...kernelSize, channels / groups, rank]`, `lora_kernel_b` `[rank, filters]`.
 */
export abstract class BaseConv<P extends ConvPadding = "valid" | "same"> extends KernelConv<P> {
  static override readonly argumentNames: readonly string[] = [
    ...KERNEL_CONV_ARGUMENTS,
    "groups",
    "loraRank",
    "loraAlpha",
  ];
  readonly groups: number;
  readonly #lora: Lora;

  constructor(rank: number, args: ConvArgs<P>, paddings: readonly P[]) {
    super(rank, args, { paddings });
    this.#lora = new Lora("kernel", args);
    this.groups = standardizeGroups(args.groups, this.filters);
    this.assertStridesOrDilation();
  }

  /** `[...kernelSize, channels / groups, filters]`: the variable, or with LoRA a new tensor, merged. Throws before build. */
  get kernel(): KerasVariable | Tensor {
    return this.#lora.current(this.builtKernel);
  }

  /** Rank of the LoRA correction; null without one. */
  get loraRank(): number | null {
    return this.#lora.rank;
  }

  get loraAlpha(): number | null {
    return this.#lora.alpha;
  }

  get loraEnabled(): boolean {
    return this.#lora.enabled;
  }

  override build(inputShape: PartialShape): void {
    const channels = this.prepareBuild(inputShape, (count) => {
      this.#checkGroups(count, inputShape);
      this.computeOutputShape(inputShape);
    });
    this.addKernel([...this.kernelSize, channels / this.groups, this.filters]);
    super.build(inputShape);
    if (this.loraRank) this.enableLora(this.loraRank, { loraAlpha: this.loraAlpha });
  }

  /**
   * Freezes the kernel and adds a trainable correction `(loraAlpha / rank) · a·b` to it. Refused before build, with a kernel
   * constraint, and a second time. The kernel stays frozen when `trainable` is switched off and on again (Keras thaws it then).
   * Source: `keras.layers.Conv2D.enable_lora`.
   */
  enableLora(rank: number, options: LoraOptions = {}): void {
    if (this.kernelConstraint) {
      throw new ValueError(
        `Layer '${this.name}': LoRA is incompatible with kernel constraints. Received: lora_rank=${formatValue(rank)}, kernel_constraint=${formatValue(this.kernelConstraint)}. Leave out one of them.`,
      );
    }
    const { kernelRegularizer: regularizer } = this;
    const addWeights = (specs: readonly WeightSpec[]) => this.addWeightsLater(specs);
    this.#lora.enable({ layerName: this.name, weight: this.kernelWeight, regularizer, addWeights }, rank, options);
  }

  /** In the order in which they were made, frozen kernel included. */
  override get weights(): KerasVariable[] {
    const own = [this.kernelWeight, this.bias].filter((weight) => weight !== null && weight !== undefined);
    return [...new Set([...own, ...super.weights])];
  }

  /** With LoRA files hold the merged kernel; its parts are not in them. */
  override get savedVariables(): readonly KerasVariable[] {
    return this.#lora.enabled
      ? [this.kernelWeight, this.bias].filter((weight) => weight !== null)
      : super.savedVariables;
  }

  override savedValue(variable: KerasVariable): Tensor {
    return variable === this.kernelWeight ? this.#lora.merged(variable) : super.savedValue(variable);
  }

  override variablesLoaded(): void {
    this.#lora.reset();
  }

  override get revision(): number {
    return super.revision + (this.#lora.enabled ? 1 : 0);
  }

  override computeOutputShape(inputShape: PartialShape): (number | null)[] {
    return convOutputShape(inputShape, { ...this.geometry, filters: this.filters });
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      filters: this.filters,
      ...this.spatialConfig(),
      groups: this.groups,
      ...this.weightsConfig(),
      ...this.#lora.config(),
    };
  }

  /** The kernel that a call on `inputs` uses. */
  protected kernelFor(inputs: Value): Value {
    return this.#lora.valueFor(this.builtKernel, inputs);
  }

  #checkGroups(channels: number, inputShape: PartialShape): void {
    if (channels % this.groups === 0) return;
    throw new ValueError(
      `Layer '${this.name}': the number of input channels must be evenly divisible by the number of groups. Received: groups=${this.groups}, input channels=${channels}, input_shape=${formatShape(inputShape)}`,
    );
  }
}

function standardizeGroups(value: unknown, filters: number | null): number {
  const groups = value === undefined ? 1 : value;
  if (typeof groups !== "number" || !(groups > 0))
    throw new ValueError(`The number of groups must be a positive integer. Received: groups=${formatValue(groups)}.`);
  if (filters !== null && filters % groups !== 0) {
    throw new ValueError(
      `The number of filters must be evenly divisible by the number of groups. Received: groups=${groups}, filters=${filters}.`,
    );
  }
  return groups;
}
