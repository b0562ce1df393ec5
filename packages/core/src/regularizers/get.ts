/** `keras.regularizers.get`, `serialize` and `deserialize`. */
import type { CustomObjects, KerasClass } from "../serialization/custom-objects.ts";
import type { JsonValue } from "../serialization/json.ts";
import { registerClass } from "../serialization/registry.ts";
import { type Family, resolveIdentifier } from "../serialization/resolve-identifier.ts";
import { serializeKerasObject } from "../serialization/serialize.ts";
import { CustomRegularizer, type RegularizerFunction, type RegularizerLike } from "./custom-regularizer.ts";
import { L1, L1L2, L2 } from "./l1-l2.ts";
import { OrthogonalRegularizer } from "./orthogonal-regularizer.ts";
import { Regularizer } from "./regularizer.ts";

/** What may be passed for a regularizer. Null means none. */
export type RegularizerIdentifier =
  | string
  | Regularizer
  | KerasClass<Regularizer>
  | RegularizerFunction
  | RegularizerLike
  | { readonly [key: string]: JsonValue }
  | null
  | undefined;

const FAMILY: Family<Regularizer> = {
  kind: "regularizer",
  module: "keras.regularizers",
  isInstance: (value) => value instanceof Regularizer,
  wrap: (source) => new CustomRegularizer(source as RegularizerFunction | RegularizerLike),
};

/** The regularizer that is meant: by name (`"l2"`, `"l1l2"`), config, class, instance, or function of a value. */
export function get(identifier: null | undefined): null;
export function get(identifier: string | Regularizer): Regularizer;
export function get(identifier: RegularizerIdentifier): Regularizer | null;
export function get(identifier: RegularizerIdentifier): Regularizer | null {
  return resolve(identifier);
}

/** A regularizer's config, as layers write it. */
export function serialize(regularizer: Regularizer | null): JsonValue {
  return serializeKerasObject(regularizer instanceof CustomRegularizer ? regularizer.source : regularizer);
}

/** The regularizer of a config or name. */
export function deserialize(config: RegularizerIdentifier, customObjects?: CustomObjects | null): Regularizer | null {
  return resolve(config, customObjects);
}

function resolve(identifier: RegularizerIdentifier, customObjects?: CustomObjects | null): Regularizer | null {
  if (identifier === null || identifier === undefined) return null;
  registerRegularizers();
  return resolveIdentifier(identifier, FAMILY, customObjects);
}

let registered = false;

/** Enters this family's classes under Keras's names. */
export function registerRegularizers(): void {
  if (registered) return;
  registered = true;
  registerClass("keras.regularizers", L1, ["l1"]);
  registerClass("keras.regularizers", L2, ["l2"]);
  registerClass("keras.regularizers", L1L2, ["l1l2"]);
  registerClass("keras.regularizers", OrthogonalRegularizer, ["orthogonal_regularizer"]);
}
