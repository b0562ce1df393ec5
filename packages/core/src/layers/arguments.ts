/** Argument standardisation that convolution layers share (Keras: `argument_validation.standardize_tuple`, `standardize_padding`). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";

export interface TupleRules {
  readonly allowZero?: boolean;
}

/** One number for all axes, or one an axis: a list of `n` numbers. */
export function standardizeTuple(value: unknown, n: number, name: string, { allowZero = false }: TupleRules = {}): number[] {
  const refuse = (detail: string): never => {
    throw new ValueError(`The \`${name}\` argument must be a tuple of ${n} integers. Received ${name}=${formatValue(value)}${detail}`);
  };
  if (typeof value === "boolean" || (typeof value === "number" && Number.isInteger(value))) {
    return checkRange(Array.from({ length: n }, () => Number(value)), allowZero, refuse);
  }
  if (typeof value === "string" || value === null || typeof value !== "object" || !(Symbol.iterator in value)) return refuse("");
  const items: unknown[] = Array.from(value as Iterable<unknown>);
  if (items.length !== n) return refuse("");
  const numbers = items.map((item) => {
    // Keras lets a float inside a tuple pass here and fails later, in build; refusing it now names the argument.
    if (typeof item === "boolean" || (typeof item === "number" && Number.isInteger(item))) return Number(item);
    return refuse(` including element ${formatValue(item)} of type ${typeof item}`);
  });
  return checkRange(numbers, allowZero, refuse);
}

function checkRange(values: number[], allowZero: boolean, refuse: (detail: string) => never): number[] {
  const bad = values.filter((v) => (allowZero ? v < 0 : v <= 0));
  if (bad.length > 0) refuse(`, including values {${[...new Set(bad)].join(", ")}} that do not satisfy \`value ${allowZero ? ">=" : ">"} 0\``);
  return values;
}

/** Lower-cased and one of `valid`, `same` (and `causal` where the layer has it). */
export function standardizePadding<P extends string>(value: unknown, allowed: readonly P[]): P {
  const name = typeof value === "string" ? value.toLowerCase() : null;
  const found = allowed.find((p) => p === name);
  if (found === undefined) {
    throw new ValueError(`The \`padding\` argument must be one of {${allowed.map((p) => `'${p}'`).join(", ")}}. Received: padding=${formatValue(value)}`);
  }
  return found;
}

/** A strictly positive integer such as `filters` or `depth_multiplier`. */
export function standardizePositive(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value <= 0) {
    throw new ValueError(`Invalid value for argument \`${name}\`. Expected a strictly positive value (an integer). Received ${name}=${formatValue(value)}.`);
  }
  return value;
}
