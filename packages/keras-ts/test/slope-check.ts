/** The gradient of a drawn layer, as the slope of `Σ upstream · output` along one random direction of its inputs. */
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import type { ExpectedOutput } from "../../conformance/src/layers/index.ts";
import type { Random } from "../../conformance/src/random.ts";
import type { Operand } from "../../conformance/src/reference/operand.ts";
import { compare } from "../../conformance/src/tolerance.ts";
import type { Draw } from "./layer-draw.ts";
import { outputProblems } from "./output-problems.ts";
import { blankOf, type Numbers, outputsOf, tensorFrom } from "./prepared-layer.ts";

/** Step of the differences that gradients are compared with: their error is about step² and 1e-16/step. */
const STEP = 1e-5;

/** What the call should give, here and at other inputs. */
export interface Reference {
  readonly expected: readonly ExpectedOutput[];
  at(inputs: readonly Operand[]): readonly Operand[];
}

/** What is wrong with the outputs on the tape, and with the slope. */
export async function* slopeProblems(
  layer: keras.Layer,
  draw: Draw,
  numbers: Numbers,
  { expected, at }: Reference,
  random: Random,
): AsyncGenerator<string> {
  const sizes = expected.map(({ values }) => values.length);
  const upstream = random.uniform(total(sizes), -1, 1);
  const { outputs, gradients } = await onTape(layer, draw, numbers, upstream);
  const offsets = sizes.map((_, i) => total(sizes.slice(0, i)));
  const parts = sizes.map((size, i) => outputs.slice(offsets[i], (offsets[i] ?? 0) + size));
  yield* outputProblems("under gradient", parts, expected);
  // The mean of no steps has no slope.
  if (expected.some(({ values }) => values.some(Number.isNaN))) return;

  // A blank step stops being one as soon as it moves.
  const still = draw.className === "Masking" ? blankOf(draw) : Number.NaN;
  const directions = numbers.inputs.map(({ values }) =>
    random.uniform(values.length, -1, 1).map((d, i) => (values[i] === still ? 0 : d)),
  );
  const slope = total(gradients.map((g, i) => dot(g, directions[i] ?? [])));
  const [up = Number.NaN, down = Number.NaN] = [STEP, -STEP].map((step) => {
    const moved = numbers.inputs.map(({ shape, values }, i) => ({
      shape,
      values: Float64Array.from(values, (v, e) => v + step * (directions[i]?.[e] ?? 0)),
    }));
    return dot(
      upstream,
      at(moved).flatMap(({ values }) => [...values]),
    );
  });
  const expectedSlope = (up - down) / (2 * STEP);
  const perOutput = expected.map(({ rounding, values }, i) => {
    const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    return (Number(rounding.scale) + largest) * Math.sqrt(sizes[i] ?? 0);
  });
  const found = compare([slope], [expectedSlope], { terms: upstream.length + 16, scale: total(perOutput) });
  if (!found.agree)
    yield `gradient: the slope along a direction should be ${expectedSlope}, received ${slope}, tolerance ${found.tolerance.toExponential(2)}.`;
}

/** All outputs one after another, and the derivative by each input. */
async function onTape(layer: keras.Layer, draw: Draw, numbers: Numbers, upstream: Float32Array) {
  const { value, grads } = tf.tidy(() => {
    const flat = (...xs: tf.Tensor[]): tf.Tensor => {
      const { outputs } = outputsOf(layer, draw, numbers, xs);
      const lists = outputs.map((y) => tensorOf(keras.ops.reshape(y, [y.size])));
      const [first] = lists;
      return lists.length === 1 && first ? first : tensorOf(keras.ops.concatenate(lists, 0));
    };
    return tf.valueAndGrads(flat)(numbers.inputs.map(tensorFrom), tf.tensor(upstream));
  });
  const outputs = await value.data();
  const gradients = await Promise.all(grads.map((g) => g.data()));
  tf.dispose([value, ...grads]);
  return { outputs, gradients };
}

function tensorOf(value: keras.Value): tf.Tensor {
  if (!(value instanceof tf.Tensor)) throw new TypeError("Ops on tensors give tensors.");
  return value;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);
}
