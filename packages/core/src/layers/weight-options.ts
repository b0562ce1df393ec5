/** The three options that each weight of a layer has: how it starts, what it costs, and what it is held to. */
import * as constraints from "../constraints/index.ts";
import * as initializers from "../initializers/index.ts";
import * as regularizers from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { WeightSpec } from "./layer-weights.ts";

/** What a layer's constructor was given for one weight. */
interface GivenWeightOptions {
  readonly initializer: initializers.InitializerIdentifier | undefined;
  /** The initializer where none was given. Default `"glorot_uniform"`. */
  readonly fallback?: string;
  readonly regularizer: regularizers.RegularizerIdentifier | undefined;
  readonly constraint: constraints.ConstraintIdentifier | undefined;
}

/** The same, resolved. */
export interface WeightOptions {
  /** Null, which Keras keeps in configs, means glorot_uniform. */
  readonly initializer: initializers.Initializer | null;
  readonly regularizer: regularizers.Regularizer | null;
  readonly constraint: constraints.Constraint | null;
}

/** Resolves the options of all weights in Keras's order: initializers, then regularizers, then constraints. */
export function readWeightOptions<Name extends string>(
  given: Readonly<Record<Name, GivenWeightOptions>>,
): Record<Name, WeightOptions> {
  const entries = Object.entries<GivenWeightOptions>(given);
  const starts = entries.map(([, { initializer, fallback = "glorot_uniform" }]) =>
    initializers.get(initializer === undefined ? fallback : initializer),
  );
  const costs = entries.map(([, { regularizer }]) => regularizers.get(regularizer ?? null));
  const limits = entries.map(([, { constraint }]) => constraints.get(constraint ?? null));
  return Object.fromEntries(
    entries.map(([name], i) => [
      name,
      { initializer: starts[i] ?? null, regularizer: costs[i] ?? null, constraint: limits[i] ?? null },
    ]),
  ) as Record<Name, WeightOptions>;
}

/** The weight to add. */
export function weightSpec(name: string, shape: readonly number[], options: WeightOptions): WeightSpec {
  const { initializer, regularizer, constraint } = options;
  return { name, shape, initializer: initializer ?? initializers.get("glorot_uniform"), regularizer, constraint };
}

/**
 * The keys of a config: initializers, regularizers, constraints, each in the order of `options`. Classes that list their activity
 * regularizer before the constraints give it, null where there is none.
 */
export function weightOptionsConfig(
  options: Readonly<Record<string, WeightOptions>>,
  activityRegularizer?: regularizers.Regularizer | null,
): KerasConfig {
  const entries = Object.entries(options);
  return {
    ...Object.fromEntries(entries.map(([name, o]) => [`${name}_initializer`, initializers.serialize(o.initializer)])),
    ...Object.fromEntries(entries.map(([name, o]) => [`${name}_regularizer`, regularizers.serialize(o.regularizer)])),
    ...(activityRegularizer === undefined ? {} : { activity_regularizer: regularizers.serialize(activityRegularizer) }),
    ...Object.fromEntries(entries.map(([name, o]) => [`${name}_constraint`, constraints.serialize(o.constraint)])),
  };
}
