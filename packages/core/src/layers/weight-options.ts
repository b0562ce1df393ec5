/** The three options that each weight of a layer has: how it starts, what it costs, and what it is held to. */
import * as constraints from "../constraints/index.ts";
import * as initializers from "../initializers/index.ts";
import * as regularizers from "../regularizers/index.ts";
import type { KerasConfig } from "../serialization/json.ts";
import type { WeightSpec } from "./layer-weights.ts";

/** Initializers of weights by name, as constructors are given them: `kernelInitializer`. */
type InitializerArgs<Name extends string> = {
  readonly [Key in `${Name}Initializer`]?: initializers.InitializerIdentifier;
};

/** The same with regularizers and constraints. */
type WeightArgs<Name extends string> = InitializerArgs<Name> & {
  readonly [Key in `${Name}Regularizer`]?: regularizers.RegularizerIdentifier;
} & { readonly [Key in `${Name}Constraint`]?: constraints.ConstraintIdentifier };

/** The options of one weight, resolved. */
export interface WeightOptions {
  /** Null, which Keras keeps in configs, means glorot_uniform. */
  readonly initializer: initializers.Initializer | null;
  readonly regularizer: regularizers.Regularizer | null;
  readonly constraint: constraints.Constraint | null;
}

/**
 * Resolves the options of all weights in Keras's order: initializers, then regularizers, then constraints. `defaults` names the
 * weights in their order, each with the initializer where none is given.
 */
export function readWeightOptions<Name extends string>(
  args: WeightArgs<Name>,
  defaults: Readonly<Record<Name, string>>,
): Record<Name, WeightOptions> {
  const names = Object.keys(defaults) as Name[];
  const startArgs: InitializerArgs<Name> = args; // a generic key is not looked up in an intersection
  const starts = names.map((name) => {
    const given: initializers.InitializerIdentifier | undefined = startArgs[`${name}Initializer`];
    return initializers.get(given === undefined ? defaults[name] : given);
  });
  const costs = names.map((name) => regularizers.get(args[`${name}Regularizer`] ?? null));
  const limits = names.map((name) => constraints.get(args[`${name}Constraint`] ?? null));
  return Object.fromEntries(
    names.map((name, i) => [
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
