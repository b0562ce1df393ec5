/** JSON to objects (Keras: `keras.saving.deserialize_keras_object`), with Keras's refusals. All are ValueError here. */
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { noteMade, withoutLeftovers } from "../leftovers.ts";
import { tensor } from "../tf.ts";
import {
  type CustomObject,
  type CustomObjects,
  customObjectScope,
  findByBareName,
  getRegisteredObject,
  isClass,
  type KerasClass,
} from "./custom-objects.ts";
import type { KerasConfig } from "./json.ts";
import { rememberAsNumpy } from "./numpy-arrays.ts";
import { findClass, findFunction } from "./registry.ts";

type Json = Readonly<Record<string, unknown>>;

export interface DeserializeOptions {
  /** Classes and functions that the config may name, besides the registered ones. */
  readonly customObjects?: CustomObjects | null;
  /**
   * Look names up in this module only (`keras.initializers`), whatever the config's `module` says, and answer undefined
   * where it has no such class. That is how Keras reads an initializer, a regularizer or a constraint.
   */
  readonly family?: string;
}

/**
 * The object that a config describes. Lists and records are read item by item, plain values are returned. Symbols and
 * slices (`__keras_tensor__`, `__slice__`), which only op nodes of a model contain, are returned as they are. Where it throws, no weight
 * and no tensor of what was read is left.
 */
export function deserializeKerasObject(json: unknown, { customObjects, family }: DeserializeOptions = {}): unknown {
  return withoutLeftovers(() => customObjectScope(customObjects, () => read(json, family)));
}

function read(json: unknown, family?: string): unknown {
  if (typeof json === "string") return getRegisteredObject(json) ?? (family ? instance(family, json) : json);
  if (Array.isArray(json)) return json.map((item) => read(item));
  if (!isJson(json)) return json ?? null;
  if (family) return readInFamily(json, family);
  if (!("class_name" in json) || !("config" in json))
    return Object.fromEntries(Object.entries(json).map(([k, v]) => [k, read(v)]));
  const special = readSpecial(json);
  if (special !== undefined) return special;
  return json.class_name === "function" ? readFunction(json) : readObject(json, locateClass(json));
}

function readInFamily(json: Json, family: string): unknown {
  const { class_name: name, config = {} } = json;
  if (typeof name !== "string")
    throw new ValueError(`Unknown \`config\` as a \`dict\`. Received: config=${formatValue(json)}`);
  const custom =
    locateCustom(json) ?? (name === "function" && typeof config === "string" ? getRegisteredObject(config) : undefined);
  if (custom) return isClass(custom) ? readObject(json, custom) : custom;
  if (name === "function") return typeof config === "string" ? findByBareName(config) : undefined;
  const entry = findClass(family, name);
  return entry && readObject({ ...json, config: config ?? {} }, entry.kerasClass);
}

function instance(family: string, name: string): unknown {
  const entry = findClass(family, name);
  return entry && readObject({ class_name: name, config: {} }, entry.kerasClass);
}

let sharedObjects: Map<number, object> | null = null;

/**
 * Runs `fn` with entries of the same `shared_object_id` becoming one object: the first makes it. Keras writes these numbers to `.keras`
 * files only. Source: `keras.src.saving.serialization_lib.ObjectSharingScope`.
 */
export function objectSharingScope<T>(fn: () => T): T {
  const outer = sharedObjects;
  sharedObjects = new Map();
  try {
    return fn();
  } finally {
    sharedObjects = outer;
  }
}

function readObject(json: Json, found: CustomObject): unknown {
  if (!isClass(found)) return found;
  const id = typeof json.shared_object_id === "number" ? json.shared_object_id : null;
  const known = id === null ? undefined : sharedObjects?.get(id);
  if (known) return known;
  const object = makeObject(json, found);
  if (id !== null) sharedObjects?.set(id, object);
  return object;
}

function makeObject(json: Json, found: KerasClass): object {
  const config = json.config ?? {};
  if (!isJson(config)) {
    throw new ValueError(
      `Expected 'config' to be a dict for ${json.class_name}, instead got ${typeof config}. Received: config=${formatValue(json)}`,
    );
  }
  const object = fromConfig(found, config as KerasConfig, String(json.class_name));
  if (isJson(json.build_config) && "buildFromConfig" in object && !("built" in object && object.built)) {
    (object as Buildable).buildFromConfig(json.build_config as KerasConfig);
  }
  if ("compileFromConfig" in object) compile(object as Compilable, json);
  return object;
}

/** Keras passes over what is empty. */
function compile(object: Compilable, { compile_config: config, class_name: name }: Json): void {
  if (config === undefined || config === null) return;
  if (!isJson(config))
    throw new ValueError(
      `Expected 'compile_config' to be a dict for ${String(name)}. Received: compile_config=${formatValue(config)}`,
    );
  if (Object.keys(config).length > 0) object.compileFromConfig(config as KerasConfig);
}

interface Buildable {
  buildFromConfig(config: KerasConfig): void;
}

interface Compilable {
  compileFromConfig(config: KerasConfig): void;
}

const PREFIX = "Error when deserializing class";

function fromConfig(kerasClass: KerasClass, config: KerasConfig, name: string): object {
  try {
    return kerasClass.fromConfig(config);
  } catch (error) {
    // The innermost object is named; those around it add nothing.
    if (!(error instanceof Error) || error instanceof UnsupportedError || error.message.startsWith(PREFIX)) throw error;
    throw new ValueError(
      `${PREFIX} '${name}' using config=${shortened(formatValue(config))}.\n\nException encountered: ${error.message}`,
      { cause: error },
    );
  }
}

/** A model's config is longer than anybody reads in a message. */
function shortened(text: string): string {
  return text.length <= LONGEST_CONFIG ? text : `${text.slice(0, LONGEST_CONFIG)} …`;
}

const LONGEST_CONFIG = 1500; // characters; the config of any single layer fits

function locateClass(json: Json): CustomObject {
  const custom = locateCustom(json);
  if (custom) return custom;
  const { module, class_name: name, registered_name: registered } = json;
  const isKeras = typeof module === "string" && (module === "keras" || module.startsWith("keras."));
  const entry = isKeras ? findClass(module, String(name)) : undefined;
  if (entry) {
    if (registered && registered !== name && registered !== entry.className) {
      throw new ValueError(
        `\`registered_name=${formatValue(registered)}\` was provided in the config, but '${module}.${name}' is Keras's own and does not use registered names. Received: config=${formatValue(json)}`,
      );
    }
    return entry.kerasClass;
  }
  if (isKeras)
    throw new ValueError(
      `Could not deserialize '${module}.${name}': keras-ts has no class of that name. Received: config=${formatValue(json)}`,
    );
  throw notLocated("class", name, json);
}

/** Whether the class or function that an entry of a config names is there. Custom objects are those of the scope. */
export function isLocated(json: Json): boolean {
  try {
    return Boolean(json.class_name === "function" ? readFunction(json) : locateClass(json));
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}

/** By registered name; by class name where the config has no `registered_name` at all. */
function locateCustom(json: Json): CustomObject | undefined {
  const name = "registered_name" in json ? json.registered_name : json.class_name;
  const found = typeof name === "string" ? getRegisteredObject(name) : undefined;
  // The registered name of every plain function is "function".
  return json.class_name === "function" ? undefined : found;
}

function readFunction(json: Json): unknown {
  const name = json.config;
  if (typeof name !== "string")
    throw new ValueError(`Expected 'config' to be a name for a function. Received: config=${formatValue(json)}`);
  const found = getRegisteredObject(name) ?? findFunction(name) ?? findByBareName(name);
  if (!found) throw notLocated("function", name, json);
  return found;
}

function notLocated(kind: "class" | "function", name: unknown, json: Json): ValueError {
  return new ValueError(
    `Could not locate ${kind} '${String(name)}'. Make sure custom classes and functions are registered with registerKerasSerializable(), or pass them as customObjects. Received: config=${formatValue(json)}`,
  );
}

/** Values that JSON lacks. Undefined where `json` is none of them. */
function readSpecial(json: Json): unknown {
  const config = isJson(json.config) ? json.config : {};
  switch (json.class_name) {
    case "__tensor__":
      return toTensor(config);
    case "__numpy__":
      return rememberAsNumpy(toTensor(config));
    case "__bytes__":
      return new TextEncoder().encode(String(config.value));
    case "__keras_tensor__":
    case "__slice__":
    case "__ellipsis__":
      return json;
    case "__lambda__":
      throw new ValueError(
        "The config contains a Python lambda, which is byte code for Python only. Register a named function there and here. Received: class_name='__lambda__'",
      );
    case "__typespec__":
      throw new UnsupportedError(
        "The config contains a TensorFlow TypeSpec, which has no meaning here. Received: class_name='__typespec__'",
      );
    default:
      return undefined;
  }
}

function toTensor({ value, dtype }: Json) {
  const name = String(dtype);
  const kind = name === "bool" ? "bool" : name.startsWith("float") || name === "bfloat16" ? "float32" : "int32";
  const read = tensor(value as number[], undefined, kind);
  noteMade(read);
  return read;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
