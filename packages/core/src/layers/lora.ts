/** Low-rank adaptation (LoRA) of a frozen kernel: a trainable correction made of two thin matrices. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import * as initializers from "../initializers/index.ts";
import { add, matmul, multiply, reshape } from "../ops/index.ts";
import { asTensor } from "../ops/run.ts";
import { shapeOf, type Value } from "../ops/value.ts";
import type { Regularizer } from "../regularizers/index.ts";
import { inScope, type Tensor } from "../tf.ts";
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

/** `kernel + (alpha / rank) · a·b`, with a `[...kernel.shape[:-1], rank]` and b `[rank, kernel.shape[-1]]`. */
export class Lora {
  readonly rank: number;
  readonly alpha: number;
  readonly a: KerasVariable;
  readonly b: KerasVariable;

  constructor(rank: number, alpha: number, a: KerasVariable, b: KerasVariable) {
    this.rank = rank;
    this.alpha = alpha;
    this.a = a;
    this.b = b;
  }

  /** The weights to add for a kernel, regularized as it is. Refuses a rank that is no positive integer. */
  static specs(
    layerName: string,
    kernel: KerasVariable,
    rank: number,
    regularizer: Regularizer | null,
    { aInitializer = "he_uniform", bInitializer = "zeros" }: LoraOptions,
  ): WeightSpec[] {
    if (!Number.isInteger(rank) || rank <= 0) {
      throw new ValueError(
        `Layer '${layerName}': the rank of LoRA must be a positive integer. Received: rank=${formatValue(rank)}`,
      );
    }
    const [last = 0] = kernel.shape.slice(-1);
    const start = (given: initializers.InitializerIdentifier) =>
      initializers.get(given) ?? initializers.get("glorot_uniform");
    return [
      {
        name: "lora_kernel_a",
        shape: [...kernel.shape.slice(0, -1), rank],
        initializer: start(aInitializer),
        regularizer,
      },
      { name: "lora_kernel_b", shape: [rank, last], initializer: start(bInitializer), regularizer },
    ];
  }

  /** The corrected kernel, computed where `inputs` are: now, or in their trace, where it follows the weights. */
  merged(kernel: KerasVariable, inputs: Value): Value {
    const at = (weight: KerasVariable): Value =>
      inputs instanceof TracedTensor ? inputs.trace.variable(weight) : weight;
    const a = at(this.a);
    const flat = matmul(reshape(a, [-1, this.rank]), at(this.b));
    return add(at(kernel), multiply(reshape(flat, [...shapeOf(kernel)]), this.alpha / this.rank));
  }

  /** The corrected kernel as it is now; the caller disposes it. */
  mergedTensor(kernel: KerasVariable): Tensor {
    return inScope(() => asTensor(this.merged(kernel, kernel)));
  }
}
