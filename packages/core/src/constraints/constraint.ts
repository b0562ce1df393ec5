/** The base of all constraints (Keras: `keras.constraints.Constraint`). */
import type { Value } from "../ops/value.ts";
import { configToArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";

/** A projection that a weight goes through after each update. */
export abstract class Constraint {
  static readonly className: string = "Constraint";

  /** The projected weight, written against `keras.ops`. */
  abstract call(w: Value): Value;

  /** Keras's config: snake_case keys in Keras's order. */
  getConfig(): KerasConfig {
    return {};
  }

  /** The constraint of a config that Keras or `getConfig` wrote. */
  static fromConfig<T extends Constraint>(
    this: (new (args: never) => T) & { readonly className: string },
    config: KerasConfig,
  ): T {
    return new this(configToArguments(config, this.className) as never);
  }
}
