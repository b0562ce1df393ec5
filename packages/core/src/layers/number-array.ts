/** Numbers given as arguments: one, nested lists, a typed array, or the arrays of Keras's configs. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { JsonValue } from "../serialization/json.ts";

/** Numbers with their shape, and how a config holds them. */
export interface NumberArray {
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly json: JsonValue;
}

/** Reads a number, a nested list, a Float32Array, or `{class_name: "__numpy__", config: {value, dtype}}` (also `__tensor__`). */
export function numberArray(given: unknown, name: string): NumberArray {
  const refuse = (): never => {
    throw new ValueError(
      `${name} must be a number or lists of numbers of equal lengths. Received: ${name}=${formatValue(given)}`,
    );
  };
  const written = writtenArray(given);
  const source = written ?? (given instanceof Float32Array ? [...given] : given);
  const shape = shapeOf(source);
  const numbers = flat(source);
  const size = shape.reduce((a, b) => a * b, 1);
  if (numbers.length !== size || numbers.some((n) => typeof n !== "number") || !isRegular(source, shape))
    return refuse();
  const json = (written === null ? source : given) as JsonValue;
  if (given instanceof Float32Array)
    return {
      values: given.slice(),
      shape,
      json: { class_name: "__numpy__", config: { value: [...given], dtype: "float32" } },
    };
  return { values: Float32Array.from(numbers as number[]), shape, json };
}

/** The nested list of an array in a config, null where it is none. */
function writtenArray(given: unknown): unknown {
  if (typeof given !== "object" || given === null || !("class_name" in given) || !("config" in given)) return null;
  const { class_name: kind, config } = given;
  const isArray = kind === "__numpy__" || kind === "__tensor__";
  return isArray && typeof config === "object" && config !== null && "value" in config ? config.value : null;
}

function shapeOf(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

function flat(value: unknown): unknown[] {
  return Array.isArray(value) ? value.flatMap(flat) : value === undefined ? [] : [value];
}

function isRegular(value: unknown, [length, ...rest]: readonly number[]): boolean {
  if (length === undefined) return !Array.isArray(value);
  return Array.isArray(value) && value.length === length && value.every((item) => isRegular(item, rest));
}
