/** SpectralNormalization (Keras: `keras.layers.SpectralNormalization`). */

import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { TruncatedNormal } from "../initializers/index.ts";
import * as ops from "../ops/index.ts";
import { asTensor } from "../ops/run.ts";
import type { Value } from "../ops/value.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { isTensor, withoutTape } from "../tf.ts";
import { KerasVariable } from "../variable.ts";
import { factory } from "./compose.ts";
import type { CallOptions, PartialShape, Shapes } from "./layer-args.ts";
import { inside } from "./scope.ts";
import { WRAPPER_ARGUMENTS, Wrapper, type WrapperArgs } from "./wrapper.ts";

export interface SpectralNormalizationArgs extends WrapperArgs {
  /** Steps of the power iteration in each training step. Default 1. */
  readonly powerIterations?: number;
}

/**
 * In training divides the kernel (or the embeddings) of the layer inside by an estimate of its largest singular value, before the
 * layer is called. Weights: those of the layer, and `vector_u` `[1, last size of the kernel]`, not trainable.
 */
export class SpectralNormalization extends Wrapper {
  static override readonly className = "SpectralNormalization";
  static override readonly argumentNames: readonly string[] = [...WRAPPER_ARGUMENTS, "powerIterations"];
  static override readonly trainingDefault = false;
  static readonly pure = true;
  readonly powerIterations: number;
  #kernel: KerasVariable | null = null;
  #vectorU: KerasVariable | null = null;

  constructor(args: SpectralNormalizationArgs) {
    super(args);
    const steps: unknown = args.powerIterations ?? 1;
    if (!Number.isInteger(steps) || Number(steps) <= 0) {
      throw new ValueError(
        `\`power_iterations\` should be greater than zero. Received: power_iterations=${formatValue(steps)}`,
      );
    }
    this.powerIterations = Number(steps);
  }

  override get weights(): KerasVariable[] {
    // Keras counts the kernel as the wrapper's own, too.
    return [...new Set([...(this.#kernel ? [this.#kernel] : []), ...super.weights])];
  }

  /** Likewise in files. */
  override get savedVariables(): readonly KerasVariable[] {
    return [...(this.#kernel ? [this.#kernel] : []), ...super.savedVariables];
  }

  override build(inputShape: PartialShape): void {
    inside(this, () => this.layer.ensureBuilt([inputShape]));
    const kernel = this.#find();
    this.#vectorU = this.addWeight({
      name: "vector_u",
      shape: [1, kernel.shape.at(-1) ?? 0],
      initializer: new TruncatedNormal({ stddev: 0.02 }),
      trainable: false,
    });
    this.#kernel = kernel;
    const last = inputShape.at(-1) ?? null;
    this.inputSpec = { minNdim: 1, ...(last === null ? {} : { axes: { [-1]: last } }) };
    super.build(inputShape);
  }

  override call(inputs: Value, options: CallOptions = {}): Value {
    if (options.training) {
      if (!isTensor(inputs)) {
        throw new UnsupportedError(
          `SpectralNormalization '${this.name}' cannot be planned with training=true: it would have to change the kernel. Call it with apply().`,
        );
      }
      return this.#callNormalized(inputs);
    }
    return this.layer.apply(inputs);
  }

  override computeOutputShape(inputShape: PartialShape): Shapes {
    return this.layer.computeOutputShape(inputShape);
  }

  override getConfig(): KerasConfig {
    const { layer = null, ...base } = super.getConfig();
    return { ...base, layer, power_iterations: this.powerIterations };
  }

  #find(): KerasVariable {
    const { layer } = this;
    const found: unknown = "kernel" in layer ? layer.kernel : "embeddings" in layer ? layer.embeddings : null;
    if (found instanceof KerasVariable) return found;
    if (isTensor(found)) {
      found.dispose();
      throw new UnsupportedError(
        `SpectralNormalization '${this.name}' cannot normalise a kernel that is merged from LoRA's parts. Received: layer='${layer.name}'`,
      );
    }
    throw new ValueError(
      `${layer.className} object has no attribute 'kernel' nor 'embeddings'. Received: layer='${layer.name}'`,
    );
  }

  /**
   * One training step of u and of the kernel, and the call with the new kernel. As on JAX the gradient goes on through the division
   * to the kernel that was there before. A kernel of zeros stays as it is.
   */
  #callNormalized(inputs: Value): Value {
    const kernel = this.#kernel;
    const vectorU = this.#vectorU;
    if (!kernel || !vectorU) throw new TypeError("The layer is not built.");
    const shape = [...kernel.shape];
    const { u, v, nextU, isThere } = withoutTape(() => this.#iterate(kernel, vectorU));
    const matrix = ops.reshape(kernel, [-1, shape.at(-1) ?? 0]);
    const sigma = ops.matmul(ops.matmul(v, matrix), ops.transpose(u)); // [1, 1]
    // Divided by 1 where there is nothing to divide: no 0/0 reaches the gradient.
    const divided = ops.divide(matrix, ops.where(isThere, sigma, 1));
    const normalized = asTensor(ops.where(isThere, ops.reshape(divided, shape), kernel));
    const outputs = kernel.replacedBy(normalized, () => this.layer.apply(inputs));
    vectorU.assign(asTensor(nextU));
    kernel.assign(normalized);
    return outputs;
  }

  /** The power iteration: estimates of the singular vectors of the largest singular value. */
  #iterate(kernel: KerasVariable, vectorU: KerasVariable): Readonly<Record<"u" | "v" | "nextU" | "isThere", Value>> {
    const matrix = ops.reshape(kernel, [-1, kernel.shape.at(-1) ?? 0]);
    const transposed = ops.transpose(matrix);
    let u: Value = vectorU;
    let v: Value = vectorU;
    for (let i = 0; i < this.powerIterations; i++) {
      v = ops.normalize(ops.matmul(u, transposed), { axis: [0, 1] });
      u = ops.normalize(ops.matmul(v, matrix), { axis: [0, 1] });
    }
    const isThere = ops.max(ops.abs(matrix));
    return { u, v, nextU: ops.where(isThere, u, vectorU), isThere };
  }
}

/** Makes a `SpectralNormalization`, or adds it to a model, or calls it on tensors or symbols. */
export const spectralNormalization = factory(SpectralNormalization);
