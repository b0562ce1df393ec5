/** The base of all regularizers (Keras: `keras.Regularizer`). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { Value } from "../ops/value.ts";
import { configToArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";

/** A penalty on a weight or an output, added to the loss. */
export abstract class Regularizer {
  static readonly className: string = "Regularizer";

  /** The penalty, a scalar, written against `keras.ops`. */
  abstract call(x: Value): Value;

  /** Keras's config: snake_case keys in Keras's order. */
  getConfig(): KerasConfig {
    throw new ValueError(`${(this.constructor as typeof Regularizer).className} does not implement getConfig().`);
  }

  /** The regularizer of a config that Keras or `getConfig` wrote. */
  static fromConfig<T extends Regularizer>(
    this: (new (args: never) => T) & { readonly className: string },
    config: KerasConfig,
  ): T {
    return new this(configToArguments(config, this.className) as never);
  }
}

/** A finite number of at least 0; booleans count as numbers. Source: `keras.src.regularizers.regularizers.validate_float_arg`. */
export function validateFloatArg(value: unknown, name: string): number {
  const number = typeof value === "boolean" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number) || number < 0) {
    throw new ValueError(
      `Invalid value for argument ${name}: expected a non-negative float. Received: ${name}=${formatValue(value)}`,
    );
  }
  return number;
}
