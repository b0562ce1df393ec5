/** A layer's weight: a tfjs variable with Keras's name, path, regularizer and constraint. */
import { forgetPacked } from "./engine/eager.ts";
import { ValueError } from "./errors.ts";
import { formatShape } from "./format.ts";
import { makeWhenUsed, stopWaiting } from "./late-tfjs.ts";
import { sizeOf } from "./op/output-shape.ts";
import { castToFloat32, inScope, isTensor, type Tensor, type TfVariable, tensor, tfVariable } from "./tf.ts";

/** Values for a variable while tfjs is not needed: row-major, the variable's from then on. */
export interface HeldValues {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

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
 * One weight (Keras: `keras.Variable`). `value` is the `tf.Variable` that tapes and tfjs optimizers see, made when tfjs is first used where that
 * comes later; `trainable` is this variable's own flag, which may be set, while a frozen layer also switches `value.trainable` off.
 */
export class KerasVariable {
  readonly name: string;
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype = "float32";
  #value: TfVariable | null = null;
  /** Until there is `#value`. Another object with each assignment; without values once the variable is disposed. */
  #held: { values: Float32Array | null } | null = null;
  #disposed = false;
  #trainable: boolean;
  #trained: boolean;
  #standIn: Tensor | null = null;
  readonly regularizer: unknown;
  readonly constraint: unknown;

  constructor(initial: Tensor | HeldValues, options: KerasVariableOptions) {
    this.name = options.name;
    this.path = options.path;
    this.shape = [...initial.shape];
    this.#trainable = options.trainable;
    this.#trained = options.trainable;
    this.regularizer = options.regularizer ?? null;
    this.constraint = options.constraint ?? null;
    if (isTensor(initial)) this.#value = tfVariable(initial, options.trainable);
    else {
      this.#held = { values: this.#checked(initial.values) };
      makeWhenUsed(this);
    }
  }

  get value(): TfVariable {
    return this.#value ?? this.make();
  }

  /** Makes `value` where it was not needed yet. */
  make(): TfVariable {
    const made = inScope(() => {
      const initial = tensor(this.#held?.values ?? new Float32Array(this.#size), [...this.shape]);
      // The first tensor of a program makes all variables that wait for it, this one included.
      return this.#value ?? tfVariable(initial, this.#trained);
    });
    this.#value = made;
    this.#held = null;
    stopWaiting(this);
    if (this.#disposed) made.dispose();
    return made;
  }

  /** The values, row-major and to be read only, while no tensor was needed; then null. */
  get heldValues(): Float32Array | null {
    return this.#held?.values ?? null;
  }

  /** Stands for what the variable holds: another object after each assignment (tfjs changes the data id). */
  get valueId(): object {
    return this.#held ?? this.value.dataId;
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
    this.trained = value;
  }

  /** What tapes and tfjs optimizers go by (`value.trainable`): `trainable`, of a layer that is not frozen. */
  get trained(): boolean {
    return this.#value?.trainable ?? this.#trained;
  }

  set trained(value: boolean) {
    this.#trained = value;
    if (this.#value) this.#value.trainable = value;
  }

  /** Replaces the value. Shapes must be equal; a Float32Array or number array is read in row-major order. */
  assign(value: Tensor | ArrayLike<number>): void {
    if (this.heldValues && !isTensor(value)) {
      this.#held = { values: this.#checked(copyOf(value)) };
      return;
    }
    if (isTensor(value) && value.isDisposed) {
      throw new ValueError(
        `Variable ${this.path} cannot be assigned a tensor that was disposed. Received: value.shape=${formatShape(value.shape)}`,
      );
    }
    inScope(() => {
      const next = isTensor(value) ? value : this.#tensorOf(copyOf(value));
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
    if (this.heldValues) this.#held = { values: this.#checked(values) };
    else inScope(() => this.assign(this.#tensorOf(values)));
  }

  #tensorOf(values: Float32Array): Tensor {
    return tensor(this.#checked(values), [...this.shape]);
  }

  #checked(values: Float32Array): Float32Array {
    if (values.length !== this.#size) {
      throw new ValueError(
        `Variable ${this.path} of shape ${formatShape(this.shape)} needs ${this.#size} values. Received: length=${values.length}`,
      );
    }
    return values;
  }

  get #size(): number {
    return sizeOf(this.shape);
  }

  dispose(): void {
    if (this.#value) {
      if (this.#value.isDisposed) return;
      forgetPacked(this.#value);
      this.#value.dispose();
    } else {
      this.#disposed = true;
      // What names the values stays: plans that have packed them go on, as where the variable is of tfjs.
      if (this.#held) this.#held.values = null;
      stopWaiting(this);
    }
  }
}

function copyOf(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values.slice() : Float32Array.from(values);
}
