/** A layer's weight: a tfjs variable with Keras's name, path, regularizer and constraint. */
import { forgetPacked } from "./engine/eager.ts";
import { ValueError } from "./errors.ts";
import { formatShape } from "./format.ts";
import { castToFloat32, Tensor, type TfVariable, tensor, tfVariable, tidy } from "./tf.ts";

export interface KerasVariableOptions {
  readonly name: string;
  readonly path: string;
  readonly trainable: boolean;
  /** Anything with `call`, such as `keras.regularizers.L2`. */
  readonly regularizer?: unknown;
  /** Anything with `call`, such as `keras.constraints.MaxNorm`. */
  readonly constraint?: unknown;
}

/**
 * One weight (Keras: `keras.Variable`). `value` is the `tf.Variable` that tapes and tfjs optimizers see; `trainable`
 * is this variable's own flag, which may be set, while a frozen layer also switches `value.trainable` off.
 */
export class KerasVariable {
  readonly name: string;
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype = "float32";
  readonly value: TfVariable;
  #trainable: boolean;
  #standIn: Tensor | null = null;
  readonly regularizer: unknown;
  readonly constraint: unknown;

  constructor(initial: Tensor, options: KerasVariableOptions) {
    this.name = options.name;
    this.path = options.path;
    this.shape = [...initial.shape];
    this.#trainable = options.trainable;
    this.regularizer = options.regularizer ?? null;
    this.constraint = options.constraint ?? null;
    this.value = tfVariable(initial, options.trainable);
  }

  /** What ops read: the value, or what stands for it now. */
  get current(): Tensor {
    return this.#standIn ?? this.value;
  }

  /** Runs `fn` with ops reading `tensor` in place of the value, so that a tape leads through what it was made of. */
  replacedBy<T>(tensor: Tensor, fn: () => T): T {
    const before = this.#standIn;
    this.#standIn = tensor;
    try {
      return fn();
    } finally {
      this.#standIn = before;
    }
  }

  get trainable(): boolean {
    return this.#trainable;
  }

  /** Of a layer that is not frozen. */
  set trainable(value: boolean) {
    this.#trainable = value;
    this.value.trainable = value;
  }

  /** Replaces the value. Shapes must be equal; a Float32Array or number array is read in row-major order. */
  assign(value: Tensor | ArrayLike<number>): void {
    if (value instanceof Tensor && value.isDisposed) {
      throw new ValueError(
        `Variable ${this.path} cannot be assigned a tensor that was disposed. Received: value.shape=${formatShape(value.shape)}`,
      );
    }
    tidy(() => {
      const next = value instanceof Tensor ? value : this.#fromArray(value);
      if (next.shape.length !== this.shape.length || next.shape.some((n, i) => n !== this.shape[i])) {
        throw new ValueError(
          `The shape of the target variable and the shape of the target value in \`variable.assign(value)\` must match. ` +
            `variable.shape=${formatShape(this.shape)}, Received: value.shape=${formatShape(next.shape)}. Target variable: ${this.path}`,
        );
      }
      this.value.assign(next.dtype === "float32" ? next : castToFloat32(next));
    });
  }

  /** As `assign`, without a copy: the array is the variable's from now on, and nobody may write to it. */
  adopt(values: Float32Array): void {
    tidy(() => this.assign(this.#tensorOf(values)));
  }

  #fromArray(values: ArrayLike<number>): Tensor {
    return this.#tensorOf(values instanceof Float32Array ? values.slice() : Float32Array.from(values));
  }

  #tensorOf(values: Float32Array): Tensor {
    const size = this.shape.reduce((a, b) => a * b, 1);
    if (values.length !== size) {
      throw new ValueError(
        `Variable ${this.path} of shape ${formatShape(this.shape)} needs ${size} values. Received: length=${values.length}`,
      );
    }
    return tensor(values, [...this.shape]);
  }

  dispose(): void {
    if (this.value.isDisposed) return;
    forgetPacked(this.value);
    this.value.dispose();
  }
}
