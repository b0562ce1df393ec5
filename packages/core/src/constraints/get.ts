/** `keras.constraints.get`, `serialize` and `deserialize`. */
import type { CustomObjects, KerasClass } from "../serialization/custom-objects.ts";
import type { JsonValue } from "../serialization/json.ts";
import { registerClass } from "../serialization/registry.ts";
import { type Family, resolveIdentifier } from "../serialization/resolve-identifier.ts";
import { serializeKerasObject } from "../serialization/serialize.ts";
import { Constraint } from "./constraint.ts";
import { type ConstraintFunction, type ConstraintLike, CustomConstraint } from "./custom-constraint.ts";
import { MaxNorm, MinMaxNorm, NonNeg, UnitNorm } from "./norm-constraints.ts";

/** What may be passed for a constraint. Null means none. */
export type ConstraintIdentifier =
  | string
  | Constraint
  | KerasClass<Constraint>
  | ConstraintFunction
  | ConstraintLike
  | { readonly [key: string]: JsonValue }
  | null
  | undefined;

const FAMILY: Family<Constraint> = {
  kind: "constraint",
  module: "keras.constraints",
  isInstance: (value) => value instanceof Constraint,
  wrap: (source) => new CustomConstraint(source as ConstraintFunction | ConstraintLike),
};

/** The constraint that is meant: by name (`"max_norm"`, `"non_neg"`), config, class, instance, or function of a weight. */
export function get(identifier: null | undefined): null;
export function get(identifier: string | Constraint): Constraint;
export function get(identifier: ConstraintIdentifier): Constraint | null;
export function get(identifier: ConstraintIdentifier): Constraint | null {
  return resolve(identifier);
}

/** A constraint's config, as layers write it. */
export function serialize(constraint: Constraint | null): JsonValue {
  return serializeKerasObject(constraint instanceof CustomConstraint ? constraint.source : constraint);
}

/** The constraint of a config or name. */
export function deserialize(config: ConstraintIdentifier, customObjects?: CustomObjects | null): Constraint | null {
  return resolve(config, customObjects);
}

function resolve(identifier: ConstraintIdentifier, customObjects?: CustomObjects | null): Constraint | null {
  if (identifier === null || identifier === undefined) return null;
  registerConstraints();
  return resolveIdentifier(identifier, FAMILY, customObjects);
}

let registered = false;

/** Enters this family's classes under Keras's names. */
export function registerConstraints(): void {
  if (registered) return;
  registered = true;
  registerClass("keras.constraints", MaxNorm, ["max_norm"]);
  registerClass("keras.constraints", UnitNorm, ["unit_norm"]);
  registerClass("keras.constraints", MinMaxNorm, ["min_max_norm"]);
  registerClass("keras.constraints", NonNeg, ["non_neg"]);
}
