/** The base of all initializers (Keras: `keras.Initializer`). */
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { configToArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { isTensor, type Tensor, tensor } from "../tf.ts";

/** Makes starting values. Sub-classes write `values`, or `call` where they have tensors already, and `getConfig`. */
export class Initializer {
  static readonly className: string = "Initializer";

  /** A new tensor of this shape; it is the caller's. */
  call(shape: readonly number[], dtype: string = "float32"): Tensor {
    if (dtype !== "float32") {
      throw new UnsupportedError(`Initializers give float32 values only. Received: dtype=${dtype}, shape=[${shape}]`);
    }
    return tensor(this.values(shape), [...shape]);
  }

  /** The same numbers as a plain array in row-major order. */
  values(shape: readonly number[]): Float32Array {
    if (this.call === Initializer.prototype.call)
      throw new ValueError("Initializer subclasses must implement `values(shape)` or `call(shape, dtype)`.");
    const made = this.call(shape, "float32");
    if (!isTensor(made) || made.shape.length !== shape.length || made.shape.some((n, i) => n !== shape[i])) {
      const received = isTensor(made) ? `shape=${formatShape(made.shape)}` : formatValue(made);
      throw new ValueError(`An initializer must give a tensor of shape ${formatShape(shape)}. Received: ${received}`);
    }
    const values = Float32Array.from(made.dataSync());
    made.dispose();
    return values;
  }

  /** Keras's config: snake_case keys in Keras's order. */
  getConfig(): KerasConfig {
    return {};
  }

  /** The initializer of a config that Keras or `getConfig` wrote. */
  static fromConfig<T extends Initializer>(
    this: (new (args: never) => T) & { readonly className: string },
    config: KerasConfig,
  ): T {
    return new this(configToArguments(config, this.className) as never);
  }

  /** Another instance with the same config (and, where the config has no seed, with a seed of its own). */
  clone(): Initializer {
    return (this.constructor as typeof Initializer).fromConfig(this.getConfig());
  }
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}
