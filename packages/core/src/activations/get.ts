/** `keras.activations.get`, `serialize` and `deserialize`. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { type CustomObjects, isClass } from "../serialization/custom-objects.ts";
import { deserializeKerasObject } from "../serialization/deserialize.ts";
import type { JsonValue } from "../serialization/json.ts";
import { serializeFunction, serializeKerasObject } from "../serialization/serialize.ts";
import { Activation, type ActivationFunction, type ActivationLayer } from "./activation.ts";
import { builtInNamed, builtInOf, registerActivations } from "./built-in.ts";

/** What may be passed for an activation. Null means linear. */
export type ActivationIdentifier =
  | string
  | Activation
  | ActivationFunction
  | ActivationLayer
  | { readonly [key: string]: JsonValue }
  | null
  | undefined;

/**
 * The activation that is meant: by name (case-sensitive; `"swish"` is silu, `"hard_swish"` hard_silu), a function of a
 * value, a layer, or a config. Null is linear.
 */
export function get(identifier: ActivationIdentifier): Activation {
  return resolve(identifier);
}

/** The bare name of one of Keras's own; else the config of the function or layer. */
export function serialize(activation: ActivationIdentifier): JsonValue {
  const { builtIn, name, source } = resolve(activation);
  if (builtIn) return name;
  if (typeof source !== "function") return serializeKerasObject(source);
  const json = serializeFunction(source);
  // As in Keras, a function that only has the name of a built-in is written as that one.
  return builtInNamed(json.config) ? json.config : json;
}

/** The activation of a name or config. */
export function deserialize(config: ActivationIdentifier, customObjects?: CustomObjects | null): Activation {
  return resolve(config, customObjects);
}

function resolve(identifier: unknown, customObjects?: CustomObjects | null): Activation {
  if (identifier instanceof Activation) return identifier;
  const found = find(identifier, customObjects);
  const builtIn = builtInOf(found);
  if (builtIn) return builtIn;
  if (found instanceof Activation) return found;
  if (typeof found === "function" && !isClass(found)) return new Activation(found.name, found as ActivationFunction);
  if (isLayer(found)) return new Activation(found.name ?? "layer", found);
  const shown = typeof identifier === "string" ? identifier : formatValue(identifier);
  throw new ValueError(`Could not interpret activation function identifier: ${shown}`);
}

function find(identifier: unknown, customObjects?: CustomObjects | null): unknown {
  if (identifier === null || identifier === undefined) return builtInNamed("linear");
  if (typeof identifier === "string")
    return builtInNamed(identifier) ?? deserializeKerasObject(identifier, { customObjects });
  if (typeof identifier !== "object" || isLayer(identifier) || Array.isArray(identifier)) return identifier;
  registerActivations();
  return deserializeKerasObject(identifier, { customObjects });
}

function isLayer(value: unknown): value is ActivationLayer {
  return typeof value === "object" && value !== null && "apply" in value && typeof value.apply === "function";
}
