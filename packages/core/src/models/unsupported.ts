/** Looks through a model's config for everything that cannot be made here, before anything is made. */
import { DTypePolicy } from "../layers/dtype-policy.ts";
import { type CustomObjects, customObjectScope } from "../serialization/custom-objects.ts";
import { isLocated } from "../serialization/deserialize.ts";
import { isOpEntry, RevivedOp } from "./op-config.ts";
import { registerModelClasses } from "./register.ts";

/** One object of a config that keras-ts cannot make. */
export interface UnsupportedObject {
  /** Names of the layers around it and its own, then the config key where it is no layer: `net/block/stem.kernel_initializer`. */
  readonly path: string;
  readonly module: string | null;
  readonly className: string;
  readonly reason: string;
}

type Json = Readonly<Record<string, unknown>>;

/** All of them, in the order of the config. Registered classes and `customObjects` count as known. */
export function findUnsupported(config: unknown, customObjects: CustomObjects | null = null): UnsupportedObject[] {
  registerModelClasses();
  const found: UnsupportedObject[] = [];
  customObjectScope(customObjects, () => visit(config, "", found));
  return found;
}

function visit(value: unknown, path: string, found: UnsupportedObject[]): void {
  if (Array.isArray(value)) for (const item of value) visit(item, path, found);
  if (!isJson(value)) return;
  if (typeof value.class_name === "string" && "config" in value) visitObject(value, value.class_name, path, found);
  else visitItems(value, path, found);
}

function visitItems(record: Json, path: string, found: UnsupportedObject[]): void {
  for (const [key, item] of Object.entries(record)) visit(item, extended(path, key, item), found);
}

/** A layer adds its name; what is no layer, the key under which it stands. */
function extended(path: string, key: string, item: unknown): string {
  return isJson(item) && typeof item.class_name === "string" && nameOf(item) === null ? `${path}.${key}` : path;
}

function visitObject(json: Json, className: string, around: string, found: UnsupportedObject[]): void {
  const config = isJson(json.config) ? json.config : {};
  const name = nameOf(json);
  const path = name === null ? around : [around, name].filter((part) => part !== "").join("/");
  const unmade = reasonAgainst(json, className);
  const reason = unmade ?? (computes(json, className) ? reasonAgainstDtype(config.dtype) : null);
  if (reason !== null)
    found.push({ path, module: typeof json.module === "string" ? json.module : null, className, reason });
  // Of what is not known, nobody can tell what its config means; with another dtype, what is inside would still be made.
  if (unmade !== null || className.startsWith("__")) return;
  const { dtype: _, ...others } = config;
  visitItems(others, path, found);
  if ("inbound_nodes" in json) visit(json.inbound_nodes, path, found);
}

/** Whether the dtype in an object's config is one to compute in: values, symbols, ops and inputs have one of another meaning. */
function computes(json: Json, className: string): boolean {
  return !className.startsWith("__") && className !== "InputLayer" && !isOpEntry(json.module);
}

function reasonAgainst(json: Json, className: string): string | null {
  if (className === "__lambda__") return "byte code of a Python lambda runs in Python only";
  if (className === "__typespec__") return "a TensorFlow TypeSpec has no meaning here";
  if (className.startsWith("__")) return null;
  if (isOpEntry(json.module)) return reasonAgainstOp(json);
  if (isLocated(json)) return null;
  const isKeras = typeof json.module === "string" && /^keras(\.|$)/.test(json.module);
  return isKeras ? "keras-ts does not have it" : "not among customObjects, and not registered";
}

function reasonAgainstOp(json: Json): string | null {
  try {
    new RevivedOp(json);
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message.replace(/ Received: .*/s, "");
  }
}

function reasonAgainstDtype(dtype: unknown): string | null {
  if (dtype === undefined || dtype === null) return null;
  try {
    const { isComputed, name } = DTypePolicy.from(dtype);
    return isComputed ? null : `dtype ${name}: keras-ts computes in float32 only`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message;
  }
}

/** Layers and models have a name in their config; initializers, regularizers and the like have none. */
function nameOf({ config, name }: Json): string | null {
  if (typeof name === "string") return name;
  return isJson(config) && typeof config.name === "string" ? config.name : null;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
