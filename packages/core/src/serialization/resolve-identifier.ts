/** How `initializers.get`, `regularizers.get` and `constraints.get` read what users pass for an object. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { type CustomObjects, isClass, type KerasClass } from "./custom-objects.ts";
import { deserializeKerasObject } from "./deserialize.ts";

/** One kind of object. */
export interface Family<T extends object> {
  /** For messages: "initializer". */
  readonly kind: string;
  /** Where its classes are entered: "keras.initializers". */
  readonly module: string;
  isInstance(value: unknown): value is T;
  /** Takes a function, or an object with a `call` method, for one of the family. */
  wrap(source: unknown): T;
}

/** A name, a config, a class, an instance, a function, or any object with `call`: as an instance. */
export function resolveIdentifier<T extends object>(
  identifier: unknown,
  family: Family<T>,
  customObjects?: CustomObjects | null,
): T {
  if (family.isInstance(identifier)) return identifier;
  if (isClass(identifier)) return accept(construct(identifier), identifier, family);
  if (typeof identifier === "function" || isCallable(identifier)) return family.wrap(identifier);
  if (
    typeof identifier === "string" ||
    (typeof identifier === "object" && identifier !== null && !Array.isArray(identifier))
  ) {
    return accept(deserializeKerasObject(identifier, { family: family.module, customObjects }), identifier, family);
  }
  throw notInterpreted(identifier, family.kind);
}

function accept<T extends object>(found: unknown, identifier: unknown, family: Family<T>): T {
  if (family.isInstance(found)) return found;
  if (isClass(found)) return accept(construct(found), identifier, family);
  if (typeof found === "function" || isCallable(found)) return family.wrap(found);
  throw notInterpreted(identifier, family.kind);
}

/** With its defaults, as Keras makes an object of a class. */
function construct(kerasClass: KerasClass): object {
  return Reflect.construct(kerasClass as KerasClass & (new () => object), []);
}

function isCallable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "call" in value && typeof value.call === "function";
}

function notInterpreted(identifier: unknown, kind: string): ValueError {
  const shown = typeof identifier === "string" ? identifier : formatValue(identifier);
  return new ValueError(`Could not interpret ${kind} identifier: ${shown}`);
}
