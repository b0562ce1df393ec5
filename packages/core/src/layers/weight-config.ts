/** How configs hold the options of weights in classes that do not list the activity regularizer among them. */
import * as constraints from "../constraints/index.ts";
import * as initializers from "../initializers/index.ts";
import * as regularizers from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { WeightOptions } from "./weight-options.ts";

/** Initializers, then regularizers, then constraints, in the order of `options`. */
export function weightConfig(options: Readonly<Record<string, WeightOptions>>): KerasConfig {
  const entries = Object.entries(options);
  return Object.fromEntries([
    ...entries.map(([name, { initializer }]) => [`${name}_initializer`, initializers.serialize(initializer)]),
    ...entries.map(([name, { regularizer }]) => [`${name}_regularizer`, regularizers.serialize(regularizer)]),
    ...entries.map(([name, { constraint }]) => [`${name}_constraint`, constraints.serialize(constraint)]),
  ]);
}
