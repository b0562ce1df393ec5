/** Plain arrays into tfjs tensors and back, and structures of tensors into lists. */
import type { Value } from "@keras-ts/core";
import { type NdArray, sizeOf } from "../suite/nd-array.ts";
import type { EngineInput } from "./engine.ts";
import { type Scalar, Tensor, tensor, type Variable, variable } from "./tf.ts";

/** What layers and models take and return: values in lists and records. */
export type Structure<T> = T | readonly Structure<T>[] | { readonly [key: string]: Structure<T> };

/** The tensors of what a call returned, records in the order of their sorted keys, as `keras.tree` walks them. */
export function tensorsIn(structure: Structure<Value>): Tensor[] {
  if (structure instanceof Tensor) return [structure];
  if (Array.isArray(structure)) return structure.flatMap((item: Structure<Value>) => tensorsIn(item));
  if (!isRecord(structure)) throw new TypeError("a call returned something that is no tensor");
  return Object.entries(structure)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, item]) => tensorsIn(item));
}

function isRecord(value: Structure<Value>): value is { readonly [key: string]: Structure<Value> } {
  return Object.getPrototypeOf(value) === Object.prototype;
}

export function asTensor(value: unknown): Tensor {
  if (!(value instanceof Tensor)) throw new TypeError("expected a tensor");
  return value;
}

function isScalar(value: Tensor): value is Scalar {
  return value.shape.length === 0;
}

export function asScalar(value: Tensor): Scalar {
  if (!isScalar(value)) throw new TypeError(`a sum over all axes has shape [${value.shape}]`);
  return value;
}

export function toTensor({ shape, data, dtype }: EngineInput): Tensor {
  if (dtype === "int32") return tensor(Int32Array.from(data), [...shape], dtype);
  return tensor(data instanceof Float32Array ? data : Float32Array.from(data), [...shape], "float32");
}

export function toVariable(array: NdArray): Variable {
  const initial = toTensor(array);
  const made = variable(initial);
  initial.dispose();
  return made;
}

/** Fails where values and shape do not fit each other. */
export async function toArray(from: Tensor | undefined): Promise<NdArray> {
  if (!from) throw new TypeError("no gradient reached this value");
  const data = await from.data();
  if (data.length !== sizeOf(from.shape))
    throw new TypeError(`a tensor of shape [${from.shape}] has ${data.length} values`);
  return { shape: [...from.shape], data: data instanceof Float32Array ? data.slice() : Float32Array.from(data) };
}

export function zerosOf(shape: readonly number[]): NdArray {
  return { shape: [...shape], data: new Float32Array(sizeOf(shape)) };
}

export function dispose(tensors: readonly Tensor[]): void {
  for (const item of tensors) if (!item.isDisposed) item.dispose();
}
