/** What is given to a functional model, matched to its inputs (Keras: `Functional._standardize_inputs`). */
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { maskOf, setMask } from "../layers/masks.ts";
import * as ops from "../ops/index.ts";
import type { Value } from "../ops/value.ts";
import { flatten, isList, isRecord, mapStructure, type Nested, sameStructure } from "../structure.ts";
import { KerasTensor } from "./keras-tensor.ts";

/** The values in the order of the model's inputs, of their ranks, truncated where an input takes integers. */
export function standardizeInputs(given: Nested<Value>, inputs: Nested<KerasTensor>, modelName: string): Value[] {
  const matched = matchStructure(given, inputs, modelName);
  const symbols = flatten(inputs);
  return flatten(matched).map((value, i) => {
    const symbol = symbols[i];
    if (!symbol) throw new TypeError(`Model '${modelName}' has no input ${i}.`);
    const adjusted = truncated(adjustRank(value, symbol, modelName), symbol, modelName);
    const mask = maskOf(value);
    if (adjusted !== value && mask !== null) setMask(adjusted, mask);
    return adjusted;
  });
}

function matchStructure(given: Nested<Value>, inputs: Nested<KerasTensor>, modelName: string): Nested<Value> {
  if (sameStructure(given, inputs)) return given;
  if (isList(inputs) && inputs.length === 1 && !isList(given) && !isRecord(given)) return [given];
  if (!isList(inputs) && !isRecord(inputs) && isList(given) && given.length === 1) return given;
  const names = namesOf(inputs);
  if (isRecord(given) && names) {
    const values = names.map((name) => given[name]);
    if (values.every((value) => value !== undefined)) return values as Nested<Value>[];
  }
  if (isRecord(inputs) && isList(given) && given.length === Object.keys(inputs).length) {
    // As Keras: a list stands for the record's values where sorted keys and their own order are the same.
    const keys = Object.keys(inputs);
    if (keys.join("\n") === [...keys].sort().join("\n")) return given;
  }
  throw new ValueError(
    `The structure of the inputs of model '${modelName}' doesn't match the expected structure. Expected: ${describe(mapStructure(inputs, ({ name }) => name))}. Received: inputs=${describe(mapStructure(given, ({ shape }) => `Tensor(shape=${formatShape(shape)})`))}`,
  );
}

/** The names of a flat list of inputs, or of a single one. */
function namesOf(inputs: Nested<KerasTensor>): string[] | null {
  if (inputs instanceof KerasTensor) return [inputs.name];
  if (!isList(inputs)) return null;
  const names = inputs.flatMap((item) => (item instanceof KerasTensor ? [item.name] : []));
  return names.length === inputs.length ? names : null;
}

/** A last axis of size 1 is added or dropped where that makes the ranks equal. Refuses other shapes. */
function adjustRank(value: Value, { shape, name }: KerasTensor, modelName: string): Value {
  const given: readonly (number | null)[] = value.shape;
  let adjusted = value;
  if (given.length === shape.length + 1 && given.at(-1) === 1) adjusted = ops.squeeze(value, -1);
  if (given.length === shape.length - 1 && shape.at(-1) === 1) adjusted = ops.expandDims(value, -1);
  const now: readonly (number | null)[] = adjusted.shape;
  const fits =
    now.length === shape.length && shape.every((n, i) => i === 0 || n === null || now[i] === null || now[i] === n);
  if (!fits) {
    throw new ValueError(
      `Input '${name}' of model '${modelName}' is incompatible with the model: expected shape=${formatShape([null, ...shape.slice(1)])}, found shape=${formatShape(given)}`,
    );
  }
  return adjusted;
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

function describe(structure: Nested<string>): string {
  return typeof structure === "string" ? structure : JSON.stringify(structure);
}
