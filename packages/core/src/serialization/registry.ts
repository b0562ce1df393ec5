/**
 * Keras's own classes by module and class name. Each family (initializers, layers, …) enters its classes by one function
 * that is called before a look-up, so that importing a class alone does not pull in the others.
 */
import { type CustomObject, getRegisteredName, type KerasClass } from "./custom-objects.ts";

/** One class that Keras knows. */
export interface ClassEntry {
  /** `keras.layers`, `keras.initializers`, or an internal `keras.src.…` */
  readonly module: string;
  /** What configs call it. */
  readonly className: string;
  /** Other names that configs of it may carry (`Convolution1D`). */
  readonly aliases: readonly string[];
  readonly kerasClass: KerasClass;
}

/** Classes that are entered when somebody asks. */
export interface Family {
  /** Enters all of them. Called once, before the first look-up that needs more than `enterOne` gives. */
  enter(): void;
  /** Enters the class of this module and name, where it is one of them: a program that reads one layer need not know a hundred. */
  enterOne(module: string, name: string): void;
}

const families: Family[] = [];

/** Names a family. */
export function beforeLookUp(family: Family): void {
  families.push(family);
}

function enterFamilies(): void {
  for (const { enter } of families.splice(0)) enter();
}

const entries = new Map<string, ClassEntry>();
const entryOfClass = new Map<unknown, ClassEntry>();

/** Enters a class. Entering it again changes nothing. */
export function registerClass(
  module: string,
  kerasClass: KerasClass & { readonly className: string },
  aliases: readonly string[] = [],
): void {
  const entry = { module, className: kerasClass.className, aliases, kerasClass };
  entryOfClass.set(kerasClass, entry);
  for (const name of [entry.className, ...aliases]) entries.set(`${module}.${name}`, entry);
}

/** The class of this module under this name or alias. */
export function findClass(module: string, name: string): ClassEntry | undefined {
  const key = `${module}.${name}`;
  const known = entries.get(key);
  if (known) return known;
  for (const { enterOne } of families) enterOne(module, name);
  if (!entries.has(key)) enterFamilies();
  return entries.get(key);
}

const functions = new Map<string, (...args: never[]) => unknown>();

/** Enters a function that configs name without a module (`{"class_name": "function", "config": "relu"}`). */
export function registerFunction(name: string, fn: (...args: never[]) => unknown): void {
  functions.set(name, fn);
}

/** One of Keras's own functions. */
export function findFunction(name: string): ((...args: never[]) => unknown) | undefined {
  return functions.get(name);
}

/** How configs name an object's class. */
export interface ClassIdentity {
  readonly module: string | null;
  readonly className: string;
  readonly registeredName: string | null;
}

/**
 * A class is Keras's own where it was entered here, or says its `module` itself (not by inheritance). All others are
 * the user's: no module, and a registered name.
 */
export function identify(object: object): ClassIdentity {
  enterFamilies();
  const kerasClass: unknown = object.constructor;
  const own = entryOfClass.get(kerasClass) ?? selfDescribed(kerasClass);
  if (own) {
    const internal = own.module.startsWith("keras.src.");
    return { module: own.module, className: own.className, registeredName: internal ? own.className : null };
  }
  const name = className(kerasClass as CustomObject);
  return { module: null, className: name, registeredName: getRegisteredName(kerasClass as CustomObject) };
}

function selfDescribed(kerasClass: unknown): { module: string; className: string } | undefined {
  if (
    typeof kerasClass !== "function" ||
    !Object.hasOwn(kerasClass, "module") ||
    !Object.hasOwn(kerasClass, "className")
  )
    return undefined;
  const { module, className } = kerasClass as { module?: unknown; className?: unknown };
  return typeof module === "string" && typeof className === "string" ? { module, className } : undefined;
}

function className(kerasClass: CustomObject): string {
  const own = Object.hasOwn(kerasClass, "className") ? (kerasClass as KerasClass).className : undefined;
  return own ?? kerasClass.name;
}
