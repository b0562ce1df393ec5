/** Argument standardisation that convolution layers share (Keras: `argument_validation.standardize_tuple`, `standardize_padding`). */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";

export interface TupleRules {
  readonly allowZero?: boolean;
}

/** One number for all axes, or one an axis: a list of `n` numbers. */
export function standardizeTuple(
  value: unknown,
  n: number,
  name: string,
  { allowZero = false }: TupleRules = {},
): number[] {
  const refuse = (detail: string): never => {
    throw new ValueError(
      `The \`${name}\` argument must be a tuple of ${n} integers. Received ${name}=${formatValue(value)}${detail}`,
    );
  };
  if (typeof value === "boolean" || (typeof value === "number" && Number.isInteger(value))) {
    return checkRange(
      Array.from({ length: n }, () => Number(value)),
      allowZero,
      refuse,
    );
  }
  if (typeof value === "string" || value === null || typeof value !== "object" || !(Symbol.iterator in value))
    return refuse("");
  const items: unknown[] = Array.from(value as Iterable<unknown>);
  if (items.length !== n) return refuse("");
  const numbers = items.map((item) => {
    // A fraction inside a tuple passes here, as in Keras, and is refused by build (`assertIntegers`).
    if (typeof item === "boolean" || (typeof item === "number" && Number.isFinite(item))) return Number(item);
    return refuse(` including element ${formatValue(item)} of type ${typeof item}`);
  });
  return checkRange(numbers, allowZero, refuse);
}

function checkRange(values: number[], allowZero: boolean, refuse: (detail: string) => never): number[] {
  const bad = values.filter((v) => (allowZero ? v < 0 : v <= 0));
  if (bad.length > 0)
    refuse(
      `, including values {${[...new Set(bad)].join(", ")}} that do not satisfy \`value ${allowZero ? ">=" : ">"} 0\``,
    );
  return values;
}

/** A tuple of whole numbers: what ops take, where a layer's constructor lets fractions pass. */
export function standardizeIntegers(value: unknown, n: number, name: string, rules?: TupleRules): number[] {
  const numbers = standardizeTuple(value, n, name, rules);
  if (!numbers.every(Number.isInteger))
    throw new ValueError(
      `The \`${name}\` argument must be a tuple of ${n} integers. Received: ${name}=${formatValue(value)}`,
    );
  return numbers;
}

/** Refuses the fractions that a constructor let pass, when they are to become sizes. */
export function assertIntegers(values: number | readonly number[], name: string, layerName: string): void {
  if ((typeof values === "object" && values !== null ? values : [values]).every((v) => Number.isInteger(v))) return;
  throw new ValueError(
    `Layer '${layerName}': \`${name}\` must be made of integers. Received: ${name}=${formatValue(values)}`,
  );
}

/** Lower-cased and one of `allowed`. A list passes, as in Keras, and is refused by build (`assertPadding`). */
export function standardizePadding<P extends string>(value: unknown, allowed: readonly P[]): P {
  if (Array.isArray(value)) return value as never;
  const name = typeof value === "string" ? value.toLowerCase() : null;
  return allowed.find((p) => p === name) ?? refusePadding(value, allowed);
}

/** Refuses what a constructor let pass. */
export function assertPadding(value: unknown, allowed: readonly string[]): void {
  if (!allowed.some((p) => p === value)) refusePadding(value, allowed);
}

function refusePadding(value: unknown, allowed: readonly string[]): never {
  throw new ValueError(
    `The \`padding\` argument must be one of {${allowed.map((p) => `'${p}'`).join(", ")}}. Received: padding=${formatValue(value)}`,
  );
}

/** A strictly positive number such as `filters`. Null and fractions pass, as in Keras, and are refused by build. */
export function standardizePositive(value: unknown, name: string): number {
  const passes = value === null || (typeof value === "number" && value > 0);
  if (!passes) {
    throw new ValueError(
      `Invalid value for argument \`${name}\`. Expected a strictly positive value (an integer). Received ${name}=${formatValue(value)}.`,
    );
  }
  return value as number;
}
