/** What `model.predict` takes for inputs, as tensors in the structure it came in. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { Layer } from "../layers/layer.ts";
import { flatten, isList, isRecord, mapStructure, type Nested } from "../structure.ts";
import { isTensor, keepingTensors, type Tensor, tensor } from "../tf.ts";
import { KerasTensor } from "./keras-tensor.ts";
import { beginsWithNumber, type NestedNumbers, tensorOfNumbers } from "./nested-numbers.ts";

/** One input of a model: a tensor, nested arrays, or a typed array in row-major order of the model's input shape. */
export type ArrayLikeInput = Tensor | NestedNumbers | Float32Array | Int32Array | Uint8Array | Float64Array;

/** The inputs of a model, in its structure. */
export type PredictInput = ArrayLikeInput | { readonly [name: string]: PredictInput } | readonly PredictInput[];

interface InputModel extends Layer {
  readonly isFunctional: boolean;
  readonly input: Nested<KerasTensor>;
}

/** The inputs as tensors: those given themselves, new ones of numbers. Refuses by its place what is neither. */
export function tensorsOf(model: InputModel, x: PredictInput): Nested<Tensor> {
  // Those of the inputs before one that is refused go.
  return keepingTensors(
    () => mapStructure(boxed(x, symbolsOf(model), "x"), ({ tensor: value }) => value),
    (tensors) => flatten(tensors),
  );
}

function symbolsOf(model: InputModel): Nested<KerasTensor> | null {
  if (model.isFunctional) return model.input;
  const [shape, ...others] = model.inputShapes ?? [];
  return shape && others.length === 0 ? new KerasTensor(shape, { name: model.name }) : null;
}

/** A leaf that structures take for one, whatever is inside. */
class Box {
  readonly tensor: Tensor;

  constructor(value: Tensor) {
    this.tensor = value;
  }
}

/** Values become tensors beside the symbols they are for; null where these are not known. `place` is for messages. */
function boxed(x: PredictInput, symbols: Nested<KerasTensor> | null, place: string): Nested<Box> {
  const [only = null, ...others] = symbols === null ? [] : flatten(symbols);
  if (isOneInput(x, others.length === 0)) return new Box(toTensor(x, others.length === 0 ? only : null, place));
  if (Array.isArray(x)) {
    const items: readonly Nested<KerasTensor>[] = symbols === null ? [] : isList(symbols) ? symbols : flatten(symbols);
    return (x as readonly PredictInput[]).map((item, i) => boxed(item, items[i] ?? null, `${place}[${i}]`));
  }
  if (!isRecord<unknown>(x)) {
    throw new ValueError(
      `predict takes tensors, typed arrays, nested arrays of numbers, and lists and records of these. Received: ${place}=${formatValue(x)}`,
    );
  }
  return Object.fromEntries(
    Object.entries(x as Readonly<Record<string, PredictInput>>).map(([name, item]) => [
      name,
      boxed(item, symbolsAt(symbols, name), `${place}['${name}']`),
    ]),
  );
}

/** What a key stands for: of a record of inputs, else of inputs by name. */
function symbolsAt(symbols: Nested<KerasTensor> | null, key: string): Nested<KerasTensor> | null {
  if (symbols === null) return null;
  if (isRecord(symbols)) return symbols[key] ?? null;
  return flatten(symbols).find(({ name }) => name === key) ?? null;
}

/** Arrays of numbers in arrays are one input, unless the model has several. */
function isOneInput(x: PredictInput, hasOne: boolean): x is ArrayLikeInput {
  return isTensor(x) || ArrayBuffer.isView(x) || (hasOne && Array.isArray(x) && beginsWithNumber(x));
}

function toTensor(x: ArrayLikeInput, symbol: KerasTensor | null, place: string): Tensor {
  if (isTensor(x)) return x;
  if (!ArrayBuffer.isView(x)) return tensorOfNumbers(x, place);
  const data = x instanceof Float32Array ? x : Float32Array.from(x as ArrayLike<number>);
  const shape = symbol?.shape.slice(1);
  if (!shape || shape.includes(null)) {
    throw new ValueError(
      `A typed array can only be given where the shape of one sample is known. Give a tensor. Received: length=${x.length}, input shape=${symbol ? formatShape(symbol.shape) : "unknown"}`,
    );
  }
  const size = shape.reduce<number>((product, n) => product * (n ?? 1), 1);
  if (size === 0 || data.length % size !== 0) {
    throw new ValueError(
      `The length of a typed array must be a multiple of ${size}, the size of one sample. Received: length=${data.length}, input shape=${symbol ? formatShape(symbol.shape) : ""}`,
    );
  }
  return tensor(data, [data.length / size, ...shape.map(Number)], "float32");
}
