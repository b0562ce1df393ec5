/** `keras.initializers.get`, `serialize` and `deserialize`. */
import type { CustomObjects, KerasClass } from "../serialization/custom-objects.ts";
import type { JsonValue } from "../serialization/json.ts";
import { registerClass } from "../serialization/registry.ts";
import { type Family, resolveIdentifier } from "../serialization/resolve-identifier.ts";
import { serializeKerasObject } from "../serialization/serialize.ts";
import { isTensor, type Tensor } from "../tf.ts";
import { Constant, Identity, Ones, Zeros } from "./constant-initializers.ts";
import { CustomInitializer, type InitializerFunction, type InitializerLike } from "./custom-initializer.ts";
import { Initializer } from "./initializer.ts";
import { Orthogonal } from "./orthogonal.ts";
import { RandomNormal, RandomUniform, TruncatedNormal } from "./random-initializers.ts";
import { STFT } from "./stft.ts";
import {
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  LecunNormal,
  LecunUniform,
  VarianceScaling,
} from "./variance-scaling.ts";

/** What may be passed for an initializer. Null stands for a layer's own default. */
export type InitializerIdentifier =
  | string
  | Initializer
  | KerasClass<Initializer>
  | InitializerFunction
  | InitializerLike
  | Tensor
  | { readonly [key: string]: JsonValue }
  | null
  | undefined;

const FAMILY: Family<Initializer> = {
  kind: "initializer",
  module: "keras.initializers",
  isInstance: (value) => value instanceof Initializer,
  wrap: (source) => new CustomInitializer(source as InitializerFunction | InitializerLike),
};

/**
 * The initializer that is meant: by class name (`"GlorotUniform"`, `"glorot_uniform"`, case-sensitive), config, class,
 * instance, function `(shape, dtype) => Tensor`, or a tensor of exactly the weight's shape.
 */
export function get(identifier: null | undefined): null;
export function get(identifier: string | Initializer | Tensor): Initializer;
export function get(identifier: InitializerIdentifier): Initializer | null;
export function get(identifier: InitializerIdentifier): Initializer | null {
  return resolve(identifier);
}

/** An initializer's config, as layers write it. */
export function serialize(initializer: Initializer | null): JsonValue {
  return serializeKerasObject(initializer instanceof CustomInitializer ? initializer.source : initializer);
}

/** The initializer of a config or name. */
export function deserialize(config: InitializerIdentifier, customObjects?: CustomObjects | null): Initializer | null {
  return resolve(config, customObjects);
}

function resolve(identifier: InitializerIdentifier, customObjects?: CustomObjects | null): Initializer | null {
  if (identifier === null || identifier === undefined) return null;
  registerInitializers();
  // A tensor has no `call`, and must not be taken for a config.
  if (isTensor(identifier)) return new CustomInitializer(identifier);
  return resolveIdentifier(identifier, FAMILY, customObjects);
}

let registered = false;

/** Enters this family's classes under Keras's names. */
export function registerInitializers(): void {
  if (registered) return;
  registered = true;
  registerClass("keras.initializers", Zeros, ["zeros", "zero"]);
  registerClass("keras.initializers", Ones, ["ones", "one"]);
  registerClass("keras.initializers", Constant, ["constant"]);
  registerClass("keras.initializers", Identity, ["identity", "IdentityInitializer"]);
  registerClass("keras.initializers", RandomNormal, ["random_normal", "normal"]);
  registerClass("keras.initializers", TruncatedNormal, ["truncated_normal"]);
  registerClass("keras.initializers", RandomUniform, ["random_uniform", "uniform"]);
  registerClass("keras.initializers", VarianceScaling, ["variance_scaling"]);
  registerClass("keras.initializers", GlorotUniform, ["glorot_uniform"]);
  registerClass("keras.initializers", GlorotNormal, ["glorot_normal"]);
  registerClass("keras.initializers", HeUniform, ["he_uniform"]);
  registerClass("keras.initializers", HeNormal, ["he_normal"]);
  registerClass("keras.initializers", LecunUniform, ["lecun_uniform"]);
  registerClass("keras.initializers", LecunNormal, ["lecun_normal"]);
  registerClass("keras.initializers", Orthogonal, ["orthogonal", "OrthogonalInitializer"]);
  registerClass("keras.initializers", STFT, ["stft", "STFTInitializer"]);
}
