/** Classes and functions that users make known to Keras by name (Keras: `keras.src.saving.object_registration`). */
import { ValueError } from "../errors.ts";
import type { KerasConfig } from "./json.ts";

/** A class whose objects can be written to and read from configs. */
export interface KerasClass<T extends object = object> {
  /** Function name; minifiers change it, so a class should also say its `className`. */
  readonly name: string;
  readonly className?: string;
  fromConfig(config: KerasConfig): T;
}

// A method's parameters are compared both ways, so that functions of every parameter type fit.
type AnyFunction = { bivariant(...args: unknown[]): unknown }["bivariant"];

/** What can be known by name. */
export type CustomObject = KerasClass | AnyFunction;

/** Name → class or function; names are as in configs: `MyLayer` or `package>MyLayer`. */
export type CustomObjects = Readonly<Record<string, CustomObject>>;

const objectOf = new Map<string, CustomObject>();
const nameOf = new Map<CustomObject, string>();
let scope: CustomObjects = {};

/**
 * Makes a class or function known as `package>name`, so that configs can contain it: `registerKerasSerializable("mine")(MyLayer)`,
 * or as a class decorator. Source: `keras.saving.register_keras_serializable`.
 */
export function registerKerasSerializable(
  packageName = "Custom",
  name?: string,
): <T extends CustomObject>(target: T) => T {
  return (target) => {
    const registered = `${packageName}>${name ?? defaultName(target)}`;
    const { prototype } = target as { prototype?: object };
    if (isClass(target) && !(prototype && "getConfig" in prototype)) {
      throw new ValueError(`Cannot register a class that does not have a getConfig() method. Received: ${registered}`);
    }
    objectOf.set(registered, target);
    nameOf.set(target, registered);
    return target;
  };
}

/** `package>Name` where registered, else the class's or function's own name. Source: `keras.saving.get_registered_name`. */
export function getRegisteredName(target: CustomObject): string {
  return nameOf.get(target) ?? defaultName(target);
}

/** What goes by this name: in the current scope, then among the registered. Source: `keras.saving.get_registered_object`. */
export function getRegisteredObject(name: string): CustomObject | undefined {
  return Object.hasOwn(scope, name) ? scope[name] : objectOf.get(name);
}

/** For configs written by Keras 3.6 and older, which name functions without their package. */
export function findByBareName(name: string): CustomObject | undefined {
  for (const [registered, target] of [...Object.entries(scope), ...objectOf])
    if (registered.endsWith(`>${name}`)) return target;
  return undefined;
}

/** Runs `fn` with more names known. Source: `keras.saving.custom_object_scope`. */
export function customObjectScope<R>(objects: CustomObjects | null | undefined, fn: () => R): R {
  const outer = scope;
  scope = { ...outer, ...objects };
  try {
    return fn();
  } finally {
    scope = outer;
  }
}

export function isClass(target: unknown): target is KerasClass {
  return typeof target === "function" && "fromConfig" in target && typeof target.fromConfig === "function";
}

function defaultName(target: CustomObject): string {
  if (isClass(target) && Object.hasOwn(target, "className") && target.className) return target.className;
  return target.name;
}
