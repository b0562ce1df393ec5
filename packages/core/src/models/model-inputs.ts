/** What is given to a functional model, matched to its inputs (Keras: `Functional._standardize_inputs`). */
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { maskOf, setMask } from "../layers/masks.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { flatten, isList, isRecord, mapStructure, type Nested, sameStructure } from "../structure.ts";
import { KerasTensor } from "./keras-tensor.ts";

/** The values in the order of the model's inputs, of their ranks, truncated where an input takes integers. Refuses other shapes. */
export function standardizeInputs(given: Nested<Value>, inputs: Nested<KerasTensor>, modelName: string): Value[] {
  return standardize(given, inputs, modelName, checkShape);
}

/** As `standardizeInputs`, for a model that was built with one shape and takes others. */
export function adjustRanks(given: Nested<Value>, input: KerasTensor, modelName: string): Value {
  const [value] = standardize(given, input, modelName, () => undefined);
  if (!value) throw new TypeError(`Model '${modelName}' has no input.`);
  return value;
}

/**
 * A mask or null an input, in the order of the inputs; none where no mask was given. A record is read by name, as that of the
 * inputs is: Keras gives the mask of the first key to the first input, whatever its name.
 */
export function standardizeMasks(
  mask: Nested<Value | null>,
  inputs: Nested<KerasTensor>,
  modelName: string,
): readonly (Value | null)[] {
  if (mask === null) return [];
  const names = isRecord(mask) && !sameStructure(mask, inputs) ? namedInputs(inputs) : null;
  const found: (Value | null)[] = flatten(
    names && isRecord(mask) ? [...names.keys()].flatMap((name) => (name in mask ? [mask[name] ?? null] : [])) : mask,
  );
  const wanted = flatten(inputs).length;
  if (found.length === wanted) return found;
  throw new ValueError(
    `Model '${modelName}' expects one mask for each of its ${wanted} input(s)${names ? ` with keys ${formatValue([...names.keys()])}` : ""}, null for none. Received: mask=${formatValue(mapStructure(mask, describeShape))}`,
  );
}

function standardize(
  given: Nested<Value>,
  inputs: Nested<KerasTensor>,
  modelName: string,
  check: (adjusted: Value, value: Value, symbol: KerasTensor, modelName: string) => void,
): Value[] {
  const matched = matchStructure(given, inputs, modelName);
  const symbols = flatten(inputs);
  return flatten(matched).map((value, i) => {
    const symbol = symbols[i];
    if (!symbol) throw new TypeError(`Model '${modelName}' has no input ${i}.`);
    const ranked = adjustRank(value, symbol);
    check(ranked, value, symbol, modelName);
    const adjusted = truncated(ranked, symbol, modelName);
    const mask = maskOf(value);
    if (adjusted !== value && mask !== null) setMask(adjusted, mask);
    return adjusted;
  });
}

function matchStructure(given: Nested<Value>, inputs: Nested<KerasTensor>, modelName: string): Nested<Value> {
  if (sameStructure(given, inputs)) return given;
  const expected = namedInputs(inputs);
  if (isRecord(given)) {
    if (!expected) return refuseStructure(given, inputs, modelName);
    return selectByName(given, inputs, expected, modelName);
  }
  const [received, wanted] = [flatten(given).length, flatten(inputs).length];
  if (received !== wanted) {
    throw new ValueError(
      `Model '${modelName}' expects ${wanted} input(s)${expected ? ` with keys ${formatValue([...expected.keys()])}` : ""}, but it received ${received} input tensors. Received: inputs=${describe(given)}`,
    );
  }
  // As Keras: a list stands for a record where the record's own order is that of its sorted keys.
  if (holdsRecord(given) || (isRecord(inputs) && !isSorted(Object.keys(inputs))))
    return refuseStructure(given, inputs, modelName);
  const single = isList(inputs) && inputs.length === 1 && !isList(given);
  const listForOne = inputs instanceof KerasTensor && isList(given);
  if (!single && !listForOne) warnOfStructure(given, inputs, modelName);
  return given;
}

/** The values of a record in the order of the inputs. Others are left out, with a warning where inputs are a record, as in Keras. */
function selectByName(
  given: { readonly [key: string]: Nested<Value> },
  inputs: Nested<KerasTensor>,
  expected: ReadonlyMap<string, KerasTensor>,
  modelName: string,
): Nested<Value>[] {
  const names = [...expected.keys()];
  const missing = names.find((name) => given[name] === undefined);
  if (missing !== undefined) {
    throw new ValueError(
      `Model '${modelName}': missing data for input "${missing}". You passed a record with keys ${formatValue(Object.keys(given))}. Expected the following keys: ${formatValue(names)}`,
    );
  }
  if (isRecord(inputs)) warnOfStructure(given, inputs, modelName);
  return names.map((name) => {
    const value = given[name];
    if (value === undefined || isList(value) || isRecord(value)) return refuseStructure(given, inputs, modelName);
    return value;
  });
}

/** Inputs by the keys that data may be given under: those of a record (sorted), else their names. Null for deeper structures. */
function namedInputs(inputs: Nested<KerasTensor>): ReadonlyMap<string, KerasTensor> | null {
  const symbols = flatten(inputs);
  const keys = isRecord(inputs) ? Object.keys(inputs).sort(byCodePoints) : symbols.map(({ name }) => name);
  const items: readonly unknown[] = isRecord(inputs) ? Object.values(inputs) : isList(inputs) ? inputs : [inputs];
  if (!items.every((item) => item instanceof KerasTensor)) return null;
  return new Map(keys.flatMap((key, i) => (symbols[i] ? [[key, symbols[i]]] : [])));
}

function byCodePoints(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isSorted(keys: readonly string[]): boolean {
  return keys.every((key, i) => i === 0 || byCodePoints(keys[i - 1] ?? "", key) <= 0);
}

function holdsRecord(structure: Nested<unknown>): boolean {
  return isRecord(structure) || (isList(structure) && structure.some(holdsRecord));
}

function refuseStructure(given: Nested<Value>, inputs: Nested<KerasTensor>, modelName: string): never {
  throw new ValueError(mismatch(given, inputs, modelName));
}

function warnOfStructure(given: Nested<Value>, inputs: Nested<KerasTensor>, modelName: string): void {
  if (warned.has(inputs)) return;
  if (typeof inputs === "object") warned.add(inputs);
  // biome-ignore lint/suspicious/noConsole: Keras warns here too: the values are taken in their order.
  console.warn(mismatch(given, inputs, modelName));
}

const warned = new WeakSet<object>();

function mismatch(given: Nested<Value>, inputs: Nested<KerasTensor>, modelName: string): string {
  const expected = formatValue(mapStructure(inputs, ({ name }) => name));
  return `The structure of the inputs of model '${modelName}' doesn't match the expected structure. Expected: ${expected}. Received: inputs=${describe(given)}`;
}

/** A last axis of size 1 is added or dropped where that makes the ranks equal. */
function adjustRank(value: Value, { shape }: KerasTensor): Value {
  const given: readonly (number | null)[] = value.shape;
  if (given.length === shape.length + 1 && given.at(-1) === 1) return ops.squeeze(value, -1);
  if (given.length === shape.length - 1 && shape.at(-1) === 1) return ops.expandDims(value, -1);
  return value;
}

function checkShape(adjusted: Value, value: Value, { shape, name }: KerasTensor, modelName: string): void {
  const now: readonly (number | null)[] = adjusted.shape;
  const fits =
    now.length === shape.length && shape.every((n, i) => i === 0 || n === null || now[i] === null || now[i] === n);
  if (fits) return;
  throw new ValueError(
    `Input '${name}' of model '${modelName}' is incompatible with the model: expected shape=${formatShape([null, ...shape.slice(1)])}, found shape=${formatShape(value.shape)}`,
  );
}

function truncated(value: Value, { dtype, name }: KerasTensor, modelName: string): Value {
  if (dtype === "float32") return value;
  if (dtype.includes("float")) {
    throw new UnsupportedError(
      `Model '${modelName}' cannot be called: its input '${name}' is ${dtype}, and keras-ts computes in float32 only. Received: dtype=${dtype}`,
    );
  }
  if (value instanceof KerasTensor || value.dtype !== "float32") return value;
  return dtype === "bool" ? ops.where(value, 1, 0) : ops.trunc(value);
}

function describe(given: Nested<Value>): string {
  return formatValue(mapStructure(given, describeShape));
}

function describeShape(value: Value | null): string | null {
  return value === null ? null : `Tensor(shape=${formatShape(value.shape)})`;
}
