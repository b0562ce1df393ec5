/** A drawn layer with its numbers, called in every way: tensors are made from arrays before each call and freed after it. */
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { knowsMasks, type ReferenceCall } from "../../conformance/src/layers/index.ts";
import type { Random } from "../../conformance/src/random.ts";
import { type NumberArray, operandOf } from "../../conformance/src/reference/operand.ts";
import type { Draw } from "./layer-draw.ts";
import { classOf } from "./made-layer.ts";

export interface Array32 extends NumberArray {
  readonly values: Float32Array;
}

/** The arrays of a draw. */
export interface Numbers {
  readonly inputs: readonly Array32[];
  readonly weights: readonly Array32[];
  readonly masks: readonly (Array32 | null)[];
  readonly states: readonly Array32[];
}

const KEPT = 0.6;

/** What all features are of steps that a mask leaves out, so that `Masking` finds it. No element-wise function has a kink here. */
export const BLANK = 0.125;

/** Whether a mask shows in the input: where it means something, and nothing has a kink where features are equal. */
export function blanksSteps({ className, args }: Pick<Draw, "className" | "args">): boolean {
  const inner = args.layer ?? { className, args };
  return knowsMasks(className) && knowsMasks(inner.className) && inner.args.activation !== "sparsemax";
}

/** Numbers for a built layer. */
export function numbersOf(draw: Draw, layer: keras.Layer, random: Random): Numbers {
  const masks = (draw.masks ?? []).map((shape) => shape && arrayOf(shape, () => (random.next() < KEPT ? 1 : 0)));
  return {
    inputs: draw.inputs.map((shape, i) => inputOf(draw, random, shape, masks[i] ?? null)),
    weights: layer.weights.map(({ name, shape }) => ({
      shape,
      values: random.uniform(
        keras.sizeOf(shape),
        name === "moving_variance" ? 0.5 : -1,
        name === "moving_variance" ? 2 : 1,
      ),
    })),
    masks,
    states: draw.givesStates
      ? (draw.states ?? []).map((shape) => ({ shape, values: random.uniform(keras.sizeOf(shape), -1, 1) }))
      : [],
  };
}

function arrayOf(shape: keras.Shape, value: (i: number) => number): Array32 {
  return { shape, values: Float32Array.from({ length: keras.sizeOf(shape) }, (_, i) => value(i)) };
}

function inputOf(
  { className, args, indices }: Draw,
  random: Random,
  shape: keras.Shape,
  mask: Array32 | null,
): Array32 {
  if (indices !== undefined) return arrayOf(shape, () => random.int(0, indices - 1));
  const values = random.uniform(keras.sizeOf(shape), -1, 1);
  const features = shape[shape.length - 1] ?? 1;
  const blank = blankOf({ className, args });
  if (className === "Masking") {
    const isBlank = arrayOf(shape.slice(0, -1), () => (random.next() < KEPT ? 0 : 1)).values;
    return { shape, values: values.map((v, i) => (isBlank[Math.floor(i / features)] ? blank : v)) };
  }
  if (!mask || !blanksSteps({ className, args }) || !isOverFeatures(mask.shape, shape)) return { shape, values };
  return { shape, values: values.map((v, i) => (mask.values[Math.floor(i / features)] ? v : blank)) };
}

/** The value of blank steps. */
export function blankOf({ className, args }: Pick<Draw, "className" | "args">): number {
  return className === "Masking" ? (args.maskValue ?? 0) : BLANK;
}

/** Whether a mask is what `Masking` would give an input. */
export function isOverFeatures(mask: keras.Shape, input: keras.Shape): boolean {
  return mask.length === input.length - 1 && mask.every((n, i) => n === input[i]);
}

/** The call as references take it. */
export function referenceCallOf({ training }: Draw, { masks, states }: Numbers): ReferenceCall {
  return {
    ...(training === undefined ? {} : { training }),
    ...(masks.length > 0 ? { masks: masks.map((mask) => mask && operandOf(mask)) } : {}),
    ...(states.length > 0 ? { initialState: states.map(operandOf) } : {}),
  };
}

/** One by itself, several as a list. */
export function oneOrList<T>(list: readonly T[]): T | readonly T[] {
  const [first] = list;
  return list.length === 1 && first !== undefined ? first : list;
}

export function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

export function tensorFrom({ values, shape }: Array32): tf.Tensor {
  return tf.tensor(values, [...shape]);
}

export function setWeights(layer: keras.Layer, weights: readonly Array32[]): void {
  tf.tidy(() => layer.setWeights(weights.map(tensorFrom)));
}

/**
 * The outputs of a call on these tensors, and what was made besides, which is the caller's to free. Masks are an option of layers
 * that take them, and are attached to the inputs of others.
 */
export function outputsOf(
  layer: keras.Layer,
  draw: Draw,
  numbers: Numbers,
  xs: readonly tf.Tensor[],
): { readonly outputs: readonly tf.Tensor[]; readonly made: readonly tf.Tensor[] } {
  const masks = numbers.masks.map((mask) => mask && tensorFrom(mask));
  const states = numbers.states.map(tensorFrom);
  const takesMask = classOf(draw.className)?.takesMask === true;
  const inputs = takesMask ? xs : xs.map((x, i) => withMask(x, masks[i] ?? null));
  const options = {
    ...(draw.training === undefined ? {} : { training: draw.training }),
    ...(takesMask && masks.length > 0 ? { mask: oneOrList(masks) } : {}),
    ...(states.length > 0 ? { initialState: states } : {}),
  };
  const outputs = listOf(layer.apply<tf.Tensor | tf.Tensor[]>(oneOrList(inputs), options));
  const attached = inputs.filter((x) => !xs.includes(x));
  return { outputs, made: [...masks.filter((mask) => mask !== null), ...states, ...attached] };
}

function withMask(x: tf.Tensor, mask: tf.Tensor | null): tf.Tensor {
  if (mask === null) return x;
  return new keras.Lambda({ function: (v: tf.Tensor) => v, mask }).apply<tf.Tensor>(x);
}

/** What a call gave. */
export interface Called {
  readonly outputs: readonly ArrayLike<number>[];
  /** Null where an output has none. */
  readonly masks: readonly (ArrayLike<number> | null)[];
}

/** Calls the layer without a tape. */
export async function called(layer: keras.Layer, draw: Draw, numbers: Numbers): Promise<Called> {
  const xs = numbers.inputs.map(tensorFrom);
  const { outputs, made } = outputsOf(layer, draw, numbers, xs);
  const masks = outputs.map((y) => {
    const mask = keras.maskOf(y);
    return mask instanceof tf.Tensor ? mask.dataSync() : null;
  });
  const values = await Promise.all(outputs.map((y) => y.data()));
  tf.dispose([...xs, ...made, ...outputs]);
  return { outputs: values, masks };
}
