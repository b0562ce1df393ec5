/** Dense (Keras: `keras.layers.Dense`). */

import * as activations from "../activations/index.ts";
import type { ConstraintIdentifier } from "../constraints/index.ts";
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { InitializerIdentifier } from "../initializers/index.ts";
import { dense as denseOp } from "../ops/dense.ts";
import type { Value } from "../ops/value.ts";
import type { RegularizerIdentifier } from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { Tensor } from "../tf.ts";
import type { KerasVariable } from "../variable.ts";
import { sizeOfAxis } from "./axis-size.ts";
import { factory } from "./compose.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import type { WeightSpec } from "./layer-weights.ts";
import { Lora, type LoraOptions } from "./lora.ts";
import { readWeightOptions, type WeightOptions, weightOptionsConfig, weightSpec } from "./weight-options.ts";

export interface DenseArgs extends LayerArgs {
  /** Size of the last axis of the output. */
  readonly units: number;
  /** A name, or a function of a value. Default none. */
  readonly activation?: activations.ActivationIdentifier;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `"glorot_uniform"`. */
  readonly kernelInitializer?: InitializerIdentifier;
  /** Default `"zeros"`. Null means glorot_uniform, as in Keras. */
  readonly biasInitializer?: InitializerIdentifier;
  readonly kernelRegularizer?: RegularizerIdentifier;
  readonly biasRegularizer?: RegularizerIdentifier;
  /** Cannot be combined with LoRA. */
  readonly kernelConstraint?: ConstraintIdentifier;
  readonly biasConstraint?: ConstraintIdentifier;
  /** Rank of the trainable correction to a frozen kernel; `enableLora` does the same later. Default none. */
  readonly loraRank?: number | null;
  /** Kept until the layer is built, which sets it to the rank (as Keras's Dense does). `enableLora` takes any. */
  readonly loraAlpha?: number | null;
  /** Only null: quantized weights are not computed here. */
  readonly quantizationConfig?: null;
}

/**
 * `activation(x · kernel + bias)` along the last axis of an input of rank 2 or more. Weights: `kernel` `[channels, units]`, `bias`
 * `[units]`, and with LoRA `lora_kernel_a` `[channels, rank]`, `lora_kernel_b` `[rank, units]`.
 */
export class Dense extends Layer {
  static override readonly className = "Dense";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    "units",
    "activation",
    "useBias",
    "kernelInitializer",
    "biasInitializer",
    "kernelRegularizer",
    "biasRegularizer",
    "kernelConstraint",
    "biasConstraint",
    "loraRank",
    "loraAlpha",
    "quantizationConfig",
  ];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";
  readonly units: number;
  readonly activation: activations.Activation;
  readonly useBias: boolean;
  readonly #options: Record<"kernel" | "bias", WeightOptions>;
  readonly #lora: Lora;
  #kernel: KerasVariable | null = null;
  #bias: KerasVariable | null = null;

  constructor(args: DenseArgs) {
    const units: unknown = args?.units;
    if (!Number.isInteger(units) || Number(units) <= 0) {
      throw new ValueError(
        `Received an invalid value for \`units\`, expected a positive integer. Received: units=${formatValue(units)}`,
      );
    }
    super(args);
    this.units = args.units;
    this.activation = activations.get(args.activation ?? null);
    this.useBias = args.useBias === undefined ? true : Boolean(args.useBias);
    this.#options = readWeightOptions(args, { kernel: "glorot_uniform", bias: "zeros" });
    this.#lora = new Lora("kernel", args);
    assertNotQuantized(args.quantizationConfig, "Dense");
    this.inputSpec = { minNdim: 2 };
  }

  override get supportsMasking(): boolean {
    return true;
  }

  /** `[channels, units]`: the variable, or with LoRA a new tensor, merged, that the caller disposes. Throws before build. */
  get kernel(): KerasVariable | Tensor {
    return this.#lora.current(this.#builtKernel);
  }

  /** Null when the layer has none or is not built. */
  get bias(): KerasVariable | null {
    return this.#bias;
  }

  get loraRank(): number | null {
    return this.#lora.rank;
  }

  get loraAlpha(): number | null {
    return this.#lora.alpha;
  }

  get loraEnabled(): boolean {
    return this.#lora.enabled;
  }

  get #builtKernel(): KerasVariable {
    if (this.#kernel) return this.#kernel;
    throw new ValueError(
      `You must build the layer '${this.name}' before accessing \`kernel\`. Build it with build(inputShape), or call it.`,
    );
  }

  override build(inputShape: PartialShape): void {
    const channels = sizeOfAxis(inputShape, -1, this.name, "kernel");
    const [kernel, bias] = this.addWeights([
      weightSpec("kernel", [channels, this.units], this.#options.kernel),
      ...(this.useBias ? [weightSpec("bias", [this.units], this.#options.bias)] : []),
    ]);
    this.#kernel = kernel ?? null;
    this.#bias = bias ?? null;
    this.inputSpec = { minNdim: 2, axes: { [-1]: channels } };
    super.build(inputShape);
    if (this.loraRank) this.enableLora(this.loraRank);
  }

  /**
   * Freezes the kernel and adds a trainable correction `(loraAlpha / rank) · a·b` to it. Refused with a kernel constraint, before
   * build, and a second time. Source: `keras.layers.Dense.enable_lora`.
   */
  enableLora(rank: number, options: LoraOptions = {}): void {
    const { constraint, regularizer } = this.#options.kernel;
    if (constraint) {
      throw new ValueError(
        `Layer '${this.name}': LoRA is incompatible with kernel constraints. Received: kernel_constraint=${formatValue(constraint)}. Leave out \`kernelConstraint\`.`,
      );
    }
    const addWeights = (specs: readonly WeightSpec[]) => this.addWeightsLater(specs);
    this.#lora.enable({ layerName: this.name, weight: this.#kernel, regularizer, addWeights }, rank, options);
  }

  /** With LoRA files hold the merged kernel; its parts are not in them. */
  override get savedVariables(): readonly KerasVariable[] {
    return this.#lora.enabled ? [this.#kernel, this.#bias].filter((weight) => weight !== null) : super.savedVariables;
  }

  override savedValue(variable: KerasVariable): Tensor {
    return variable === this.#kernel ? this.#lora.merged(variable) : super.savedValue(variable);
  }

  override variablesLoaded(): void {
    this.#lora.reset();
  }

  override get revision(): number {
    return super.revision + (this.#lora.enabled ? 1 : 0);
  }

  override call(inputs: Value): Value {
    const kernel = this.#lora.valueFor(this.#builtKernel, inputs);
    return this.activation.call(denseOp(inputs, kernel, this.#bias));
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    return [...inputShape.slice(0, -1), this.units];
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      units: this.units,
      activation: activations.serialize(this.activation),
      use_bias: this.useBias,
      ...weightOptionsConfig(this.#options),
      quantization_config: null,
      ...this.#lora.config(),
    };
  }

  protected override get callables(): readonly activations.Activation[] {
    return [this.activation];
  }

  /** A layer given as activation is this layer's own. */
  protected override get sublayers(): readonly Layer[] {
    // `Layer`'s constructor asks before this class's fields exist.
    const source: unknown = this.activation?.source;
    return source instanceof Layer ? [source] : [];
  }
}

/** Refuses what would change how weights are stored and multiplied. */
export function assertNotQuantized(config: unknown, className: string): void {
  if (config === undefined || config === null) return;
  throw new UnsupportedError(
    `${className} cannot be quantized here: weights are float32. Received: quantization_config=${formatValue(config)}`,
  );
}

/** Makes a `Dense`, or adds it to a model, or calls it on tensors or symbols. */
export const dense = factory(Dense);
