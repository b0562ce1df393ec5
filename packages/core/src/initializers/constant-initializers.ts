/** Initializers that draw nothing. Source: `keras.src.initializers.constant_initializers`. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { Initializer, sizeOf } from "./initializer.ts";

const MODULE = "keras.initializers";

/** All zeros. */
export class Zeros extends Initializer {
  static readonly module: string = MODULE;
  static override readonly className: string = "Zeros";

  constructor(args: Record<string, never> = {}) {
    super();
    checkArguments("Zeros", args, []);
  }

  override values(shape: readonly number[]): Float32Array {
    return new Float32Array(sizeOf(shape));
  }
}

/** All ones. */
export class Ones extends Initializer {
  static readonly module: string = MODULE;
  static override readonly className: string = "Ones";

  constructor(args: Record<string, never> = {}) {
    super();
    checkArguments("Ones", args, []);
  }

  override values(shape: readonly number[]): Float32Array {
    return new Float32Array(sizeOf(shape)).fill(1);
  }
}

export interface ConstantArgs {
  /** Default 0. */
  readonly value?: number;
}

/** One number everywhere. */
export class Constant extends Initializer {
  static readonly module: string = MODULE;
  static override readonly className: string = "Constant";
  readonly value: number;

  constructor(args: ConstantArgs = {}) {
    super();
    checkArguments("Constant", args, ["value"]);
    this.value = numberArgument(args.value ?? 0, "value");
  }

  override values(shape: readonly number[]): Float32Array {
    return new Float32Array(sizeOf(shape)).fill(this.value);
  }

  override getConfig(): KerasConfig {
    return { value: this.value };
  }

  static override fromConfig<T extends Initializer>(
    this: (new (args: never) => T) & { readonly className: string },
    config: KerasConfig,
  ): T {
    // Keras reads config["value"] (KeyError), which is why the string "constant" names no initializer.
    if (config.value === undefined)
      throw new ValueError("The config of Constant must have a 'value'. Received: config={}");
    return new this(config as never);
  }
}

export interface IdentityArgs {
  /** Factor of the identity matrix. Default 1. */
  readonly gain?: number;
}

/**
 * The identity matrix, for two-dimensional weights; not necessarily square ones. As in Keras 3.15 its config is empty: a
 * `gain` is not saved.
 */
export class Identity extends Initializer {
  static readonly module: string = MODULE;
  static override readonly className: string = "Identity";
  readonly gain: number;

  constructor(args: IdentityArgs = {}) {
    super();
    checkArguments("Identity", args, ["gain"]);
    this.gain = numberArgument(args.gain ?? 1, "gain");
  }

  override values(shape: readonly number[]): Float32Array {
    const [rows = 0, columns = 0] = shape;
    if (shape.length !== 2) {
      throw new ValueError(
        `Identity matrix initializer can only be used for 2D matrices. Received: shape=${formatShape(shape)} of rank ${shape.length}.`,
      );
    }
    const out = new Float32Array(rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) out[i * columns + i] = this.gain;
    return out;
  }
}

function numberArgument(value: unknown, name: string): number {
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "number")
    throw new ValueError(`Argument \`${name}\` must be a number. Received: ${name}=${formatValue(value)}`);
  return value;
}
