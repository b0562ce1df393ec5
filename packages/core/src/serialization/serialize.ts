/** Objects to JSON (Keras: `keras.saving.serialize_keras_object`). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { isTensor } from "../tf.ts";
import { type CustomObject, getRegisteredName } from "./custom-objects.ts";
import type { JsonValue, KerasConfig, KerasFunctionJson, KerasObjectJson } from "./json.ts";
import { cameFromNumpy } from "./numpy-arrays.ts";
import { identify } from "./registry.ts";

/** What can be written as `{module, class_name, config, registered_name}`. */
export interface Serializable {
  getConfig(): KerasConfig;
  /** What `buildFromConfig` needs; null where the object has no state of its own yet. */
  getBuildConfig?(): KerasConfig | null;
  getCompileConfig?(): KerasConfig | null;
}

/** An object with a config as JSON, with `build_config` and `compile_config` where it has them. */
export function serializeObject(object: Serializable): KerasObjectJson {
  const { module, className, registeredName } = identify(object);
  const build = object.getBuildConfig?.() ?? null;
  const compile = object.getCompileConfig?.() ?? null;
  return {
    module,
    class_name: className,
    config: serializeRecord(object.getConfig()),
    registered_name: registeredName,
    ...(build ? { build_config: serializeRecord(build) } : {}),
    ...(compile ? { compile_config: serializeRecord(compile) } : {}),
    ...(build === null ? {} : sharedId(object)),
  };
}

interface Sharing {
  readonly counts: Map<object, number>;
  /** Of objects that a first pass met more than once; null in that pass. */
  readonly ids: ReadonlyMap<object, number> | null;
}

let sharing: Sharing | null = null;

/**
 * As `fn`, which serializes a model, with a `shared_object_id` at every built layer that occurs more than once, so that reading makes one
 * layer of them again. Keras writes memory addresses; these count from 1, so that equal models give equal texts.
 */
export function serializeWithSharedIds<T>(fn: () => T): T {
  const counts = new Map<object, number>();
  const result = sharingWith({ counts, ids: null }, fn);
  const repeated = [...counts].filter(([, count]) => count > 1);
  if (repeated.length === 0) return result;
  return sharingWith({ counts: new Map(), ids: new Map(repeated.map(([object], i) => [object, i + 1])) }, fn);
}

function sharingWith<T>(now: Sharing, fn: () => T): T {
  const outer = sharing;
  sharing = now;
  try {
    return fn();
  } finally {
    sharing = outer;
  }
}

function sharedId(object: object): { readonly shared_object_id?: number } {
  if (!sharing) return {};
  sharing.counts.set(object, (sharing.counts.get(object) ?? 0) + 1);
  const id = sharing.ids?.get(object);
  return id === undefined ? {} : { shared_object_id: id };
}

/** A function by its name. One without a name has no meaning in a file and is refused (Python writes its byte code). */
export function serializeFunction(fn: CustomObject): KerasFunctionJson {
  const name = getRegisteredName(fn);
  if (!name) {
    throw new ValueError(
      "A function without a name cannot be serialized. Name it, or register it with registerKerasSerializable(package, name). Received: function=anonymous",
    );
  }
  return { module: "builtins", class_name: "function", config: name, registered_name: "function" };
}

/** Anything that may stand in a config: plain values, lists, records, objects with `getConfig`, functions, tensors. */
export function serializeKerasObject(value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(serializeKerasObject);
  if (typeof value === "function") return serializeFunction(value as CustomObject);
  if (isTensor(value))
    return {
      class_name: cameFromNumpy(value) ? "__numpy__" : "__tensor__",
      config: { value: value.arraySync() as JsonValue, dtype: value.dtype },
    };
  if (value instanceof Float32Array)
    return { class_name: "__numpy__", config: { value: [...value], dtype: "float32" } };
  if (isRecord(value)) return serializeRecord(value);
  if (isSerializable(value)) return serializeObject(value);
  throw new ValueError(
    `Cannot serialize object ${formatValue(value)}. To be serializable, a class must implement the getConfig() method.`,
  );
}

function serializeRecord(record: Readonly<Record<string, unknown>>): KerasConfig {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, serializeKerasObject(value)]));
}

function isSerializable(value: unknown): value is Serializable {
  return typeof value === "object" && value !== null && "getConfig" in value && typeof value.getConfig === "function";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
