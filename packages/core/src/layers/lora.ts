/** Low-rank adaptation (LoRA) of a frozen weight: a trainable correction made of two thin matrices. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import * as initializers from "../initializers/index.ts";
import { sizeOf } from "../op/output-shape.ts";
import { add, matmul, multiply, reshape } from "../ops/index.ts";
import { asTensor } from "../ops/run.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { Regularizer } from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { inScope, isTensor, type Tensor } from "../tf.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import type { KerasVariable } from "../variable.ts";
import type { WeightSpec } from "./layer-weights.ts";

export interface LoraOptions {
  /** The correction is scaled by `loraAlpha / rank`. Default `rank`. */
  readonly loraAlpha?: number | null;
  /** Default `"he_uniform"`. */
  readonly aInitializer?: initializers.InitializerIdentifier;
  /** Default `"zeros"`: the layer starts as it was. */
  readonly bInitializer?: initializers.InitializerIdentifier;
}

/** What the constructor of a layer is given. */
interface LoraArgs {
  readonly loraRank?: number | null;
  readonly loraAlpha?: number | null;
}

/** The layer's weight that is to be corrected. */
interface LoraTarget {
  readonly layerName: string;
  /** Null before build. */
  readonly weight: KerasVariable | null;
  /** Of the weight, and so of both parts. */
  readonly regularizer: Regularizer | null;
  /** Makes weights of the layer, built as it is. */
  readonly addWeights: (specs: readonly WeightSpec[]) => KerasVariable[];
}

/** The two parts: a `[...weight.shape[:-1], rank]` and b `[rank, weight.shape[-1]]`. */
interface Parts {
  readonly a: KerasVariable;
  readonly b: KerasVariable;
  /** `alpha / rank`. */
  readonly scale: number;
}

/** LoRA of one weight of a layer: asked for or not, and once enabled `weight + (alpha / rank) · a·b` in its place. */
export class Lora {
  readonly #name: string;
  #rank: number | null;
  #alpha: number | null;
  #parts: Parts | null = null;

  /** `name` is the weight's; its parts are called `lora_<name>_a` and `lora_<name>_b`. */
  constructor(name: string, { loraRank, loraAlpha }: LoraArgs) {
    this.#name = name;
    this.#rank = loraRank ?? null;
    this.#alpha = loraAlpha ?? this.#rank;
  }

  /** As asked for, then as enabled; null without LoRA. */
  get rank(): number | null {
    return this.#rank;
  }

  /** The rank where nothing else was given. */
  get alpha(): number | null {
    return this.#alpha;
  }

  get enabled(): boolean {
    return this.#parts !== null;
  }

  /** Freezes the weight and adds both parts. Refused before build, a second time, and with a rank that is no positive integer. */
  enable({ layerName, weight, regularizer, addWeights }: LoraTarget, rank: number, options: LoraOptions): void {
    if (!weight) throw new ValueError(`Layer '${layerName}': LoRA cannot be enabled on a layer that isn't built.`);
    if (this.#parts) throw new ValueError(`Layer '${layerName}': LoRA is already enabled. Received: rank=${rank}.`);
    if (!Number.isInteger(rank) || rank <= 0) {
      throw new ValueError(
        `Layer '${layerName}': the rank of LoRA must be a positive integer. Received: rank=${formatValue(rank)}`,
      );
    }
    const { aInitializer = "he_uniform", bInitializer = "zeros", loraAlpha } = options;
    const [last = 0] = weight.shape.slice(-1);
    const part = (
      side: "a" | "b",
      shape: readonly number[],
      start: initializers.InitializerIdentifier,
    ): WeightSpec => ({
      name: `lora_${this.#name}_${side}`,
      shape,
      initializer: initializers.get(start) ?? initializers.get("glorot_uniform"),
      regularizer,
    });
    const [a, b] = addWeights([
      part("a", [...weight.shape.slice(0, -1), rank], aInitializer),
      part("b", [rank, last], bInitializer),
    ]);
    if (!a || !b) throw new TypeError("LoRA needs two weights.");
    weight.trainable = false;
    this.#rank = rank;
    this.#alpha = loraAlpha ?? rank;
    this.#parts = { a, b, scale: this.#alpha / rank };
  }

  /** What a call on `inputs` uses, computed where they are: now, or in their trace, where it follows the weights. */
  valueFor(weight: KerasVariable, inputs: Value): Value {
    return this.#parts ? merge(weight, this.#parts, inputs) : weight;
  }

  /** The weight itself, or with LoRA a new tensor, merged as it is now, that the caller disposes. */
  current(weight: KerasVariable): KerasVariable | Tensor {
    const parts = this.#parts;
    return parts ? inScope(() => asTensor(merge(weight, parts, weight))) : weight;
  }

  /** The weight's value as it is now with the correction. A new tensor, the caller's. */
  merged(weight: KerasVariable): Tensor {
    const current = this.current(weight);
    return isTensor(current) ? current : current.value.clone();
  }

  /** For a weight that was given a value which holds the correction already: both parts become 0. */
  reset(): void {
    if (!this.#parts) return;
    for (const part of [this.#parts.a, this.#parts.b]) part.assign(new Float32Array(sizeOf(part.shape)));
  }

  /** Nothing where LoRA was never asked for. */
  config(): KerasConfig {
    return this.#rank ? { lora_rank: this.#rank, lora_alpha: this.#alpha } : {};
  }
}

function merge(weight: KerasVariable, parts: Parts, inputs: Value): Value {
  const at = (variable: KerasVariable): Value =>
    inputs instanceof TracedTensor ? inputs.trace.variable(variable) : variable;
  const a = at(parts.a);
  const [rank = 0] = parts.b.shape;
  const flat = matmul(reshape(a, [-1, rank]), at(parts.b));
  return add(at(weight), multiply(reshape(flat, [...shapeOf(weight)]), parts.scale));
}
