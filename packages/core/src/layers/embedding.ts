/** Embedding (Keras: `keras.layers.Embedding`). */

import type { ConstraintIdentifier } from "../constraints/index.ts";
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { InitializerIdentifier } from "../initializers/index.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import type { RegularizerIdentifier } from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { isTensor, type Tensor } from "../tf.ts";
import type { KerasVariable } from "../variable.ts";
import { factory } from "./compose.ts";
import { assertNotQuantized } from "./dense.ts";
import type { IntegerUse } from "./integers.ts";
import { Layer } from "./layer.ts";
import { LAYER_ARGUMENTS, type LayerArgs, type PartialShape, type Shapes } from "./layer-args.ts";
import type { WeightSpec } from "./layer-weights.ts";
import { Lora, type LoraOptions } from "./lora.ts";
import { readWeightOptions, type WeightOptions, weightOptionsConfig, weightSpec } from "./weight-options.ts";

export interface EmbeddingArgs extends LayerArgs {
  /** Number of rows of the table: one more than the largest index. */
  readonly inputDim: number;
  /** Length of a row. */
  readonly outputDim: number;
  /** Default `"uniform"`. */
  readonly embeddingsInitializer?: InitializerIdentifier;
  readonly embeddingsRegularizer?: RegularizerIdentifier;
  /** Cannot be combined with LoRA. */
  readonly embeddingsConstraint?: ConstraintIdentifier;
  /** Whether index 0 is padding that the layers after this one leave out. Default false. */
  readonly maskZero?: boolean;
  /** The table itself, `[inputDim, outputDim]`, alone or in a list; the layer is then built at once. It stays the caller's. */
  readonly weights?: Tensor | readonly Tensor[] | null;
  /** Rank of the trainable correction to a frozen table; `enableLora` does the same later. Default none. */
  readonly loraRank?: number | null;
  /** Kept until the layer is built, which sets it to the rank (as Keras's Embedding does). `enableLora` takes any. */
  readonly loraAlpha?: number | null;
  /** Only null: quantized weights are not computed here. */
  readonly quantizationConfig?: null;
}

/**
 * A row of a table for each index: input `[...]` of integers (as integers or floats, which are cut) → `[..., outputDim]`. Negative
 * indices count from the end; rows outside the table are NaN, as on JAX. Weights: `embeddings` `[inputDim, outputDim]`, and with
 * LoRA `lora_embeddings_a` `[inputDim, rank]`, `lora_embeddings_b` `[rank, outputDim]`.
 */
export class Embedding extends Layer {
  static override readonly className = "Embedding";
  static override readonly argumentNames: readonly string[] = [
    ...LAYER_ARGUMENTS,
    "inputDim",
    "outputDim",
    "embeddingsInitializer",
    "embeddingsRegularizer",
    "embeddingsConstraint",
    "maskZero",
    "weights",
    "loraRank",
    "loraAlpha",
    "quantizationConfig",
  ];
  static readonly pure = true;
  static override readonly integers: IntegerUse = "cast";
  readonly inputDim: number;
  readonly outputDim: number;
  readonly maskZero: boolean;
  readonly #options: Record<"embeddings", WeightOptions>;
  readonly #lora: Lora;
  #embeddings: KerasVariable | null = null;

  constructor(args: EmbeddingArgs) {
    assertPositiveInteger(args?.inputDim, "input_dim");
    assertPositiveInteger(args?.outputDim, "output_dim");
    super(args);
    this.inputDim = args.inputDim;
    this.outputDim = args.outputDim;
    this.#options = readWeightOptions(args, { embeddings: "uniform" });
    this.maskZero = Boolean(args.maskZero ?? false);
    this.#lora = new Lora("embeddings", args);
    assertNotQuantized(args.quantizationConfig, "Embedding");
    const { weights } = args;
    if (weights !== undefined && weights !== null) {
      this.build([null]);
      this.setWeights(isTensor(weights) ? [weights] : weights);
    }
  }

  override get supportsMasking(): boolean {
    return this.maskZero;
  }

  /** `[inputDim, outputDim]`: the variable, or with LoRA a new tensor, merged, that the caller disposes. Throws before build. */
  get embeddings(): KerasVariable | Tensor {
    return this.#lora.current(this.#table);
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

  get #table(): KerasVariable {
    if (this.#embeddings) return this.#embeddings;
    throw new ValueError(
      `You must build the layer '${this.name}' before accessing \`embeddings\`. Build it with build(inputShape), or call it.`,
    );
  }

  override build(inputShape: PartialShape): void {
    if (!this.#embeddings) {
      this.#embeddings = this.addWeight(
        weightSpec("embeddings", [this.inputDim, this.outputDim], this.#options.embeddings),
      );
    }
    super.build(inputShape);
    if (this.loraRank && !this.loraEnabled) this.enableLora(this.loraRank);
  }

  /**
   * Freezes the table and adds a trainable correction `(loraAlpha / rank) · a·b` to it. Refused with a constraint, before build,
   * and a second time. Source: `keras.layers.Embedding.enable_lora`.
   */
  enableLora(rank: number, options: LoraOptions = {}): void {
    const { constraint, regularizer } = this.#options.embeddings;
    if (constraint) {
      throw new ValueError(
        `Layer '${this.name}': LoRA is incompatible with embedding constraints. Received: embeddings_constraint=${formatValue(constraint)}. Leave out \`embeddingsConstraint\`.`,
      );
    }
    const addWeights = (specs: readonly WeightSpec[]) => this.addWeightsLater(specs);
    this.#lora.enable({ layerName: this.name, weight: this.#embeddings, regularizer, addWeights }, rank, options);
  }

  /** With LoRA files hold the merged table; its parts are not in them. */
  override get savedVariables(): readonly KerasVariable[] {
    return this.#lora.enabled ? [this.#embeddings].filter((weight) => weight !== null) : super.savedVariables;
  }

  override savedValue(variable: KerasVariable): Tensor {
    return variable === this.#embeddings ? this.#lora.merged(variable) : super.savedValue(variable);
  }

  override variablesLoaded(): void {
    this.#lora.reset();
  }

  override get revision(): number {
    return super.revision + (this.#lora.enabled ? 1 : 0);
  }

  override call(inputs: Value): Value {
    return ops.take(this.#lora.valueFor(this.#table, inputs), inputs);
  }

  override computeMask(inputs: Value): Value | null {
    return this.maskZero ? ops.notEqual(inputs, 0) : null;
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    return [...inputShape, this.outputDim];
  }

  override getConfig(): KerasConfig {
    return {
      ...super.getConfig(),
      input_dim: this.inputDim,
      output_dim: this.outputDim,
      ...weightOptionsConfig(this.#options, this.activityRegularizer),
      mask_zero: this.maskZero,
      quantization_config: null,
      ...this.#lora.config(),
    };
  }
}

function assertPositiveInteger(value: unknown, name: string): void {
  if (Number.isInteger(value) && Number(value) > 0) return;
  throw new ValueError(
    `\`${name}\` must be a positive integer. Received: ${name}=${formatValue(value)} (of type ${typeof value}).`,
  );
}

/** Makes a `Embedding`, or adds it to a model, or calls it on tensors or symbols. */
export const embedding = factory(Embedding);
