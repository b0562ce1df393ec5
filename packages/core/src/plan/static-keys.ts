/** Names for what depends on weights only, equal where the values are: by them plans and steps find out that they need the same. */
import { opKey } from "../engine/executables.ts";
import type { Op } from "../op/op.ts";
import type { TracedTensor } from "../trace/traced-tensor.ts";
import type { KerasVariable } from "../variable.ts";

const LONGEST = 4096; // characters; what is made in more steps than that names is shared with nobody

const numbers = new WeakMap<object, number>();
let next = 0;

/** A number for an object, the same each time. */
function numberOf(object: object): number {
  const known = numbers.get(object);
  if (known !== undefined) return known;
  numbers.set(object, next);
  return next++;
}

/** What a variable holds now. */
export function valueKey(variable: KerasVariable): number {
  return numberOf(variable.valueId);
}

/** Equal for ops whose weights are packed alike. Padding and sizes of the input are no part of it (`Backend.pack`). */
export function packingKey(op: Op): string {
  if (op.kind === "conv") return opKey({ ...op, padding: [] });
  if (op.kind === "separable") return `${packingKey(op.depthwise)}+${packingKey(op.pointwise)}`;
  if (op.kind === "conv_transpose") return opKey({ ...op, crop: [], outputSize: [] });
  return opKey(op);
}

/** How a static value is made, from which variables and numbers; `known` remembers what is asked again. */
export function expressionKey(value: TracedTensor, known: Map<TracedTensor, string>): string {
  let key = known.get(value);
  if (key === undefined) {
    key = written(value, known);
    if (key.length > LONGEST) key = `t${numberOf(value)}`;
    known.set(value, key);
  }
  return key;
}

function written({ source }: TracedTensor, known: Map<TracedTensor, string>): string {
  switch (source.kind) {
    case "variable":
      return `v${numberOf(source.variable)}`;
    case "constant":
      return `c${numberOf(source.tensor.dataId)}:${source.tensor.shape.join()}`;
    case "number":
      return Object.is(source.value, -0) ? "n-0" : `n${source.value}`;
    case "input":
      return `i${numberOf(source)}`;
    case "op": {
      const operands = [...source.inputs, ...source.weights].map((operand) => expressionKey(operand, known));
      return `${opKey(source.op)}(${operands.join(";")})`;
    }
  }
}
