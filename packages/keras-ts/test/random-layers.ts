/**
 * Random small layers against a float64 reference of layers: through `apply` (a compiled plan), on the tape with gradients, and
 * as a plan on arrays; besides, shapes and configs. A seed is in every message; KERAS_TS_SEED brings one back.
 */
import * as keras from "@keras-ts/core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ExpectedOutput, expectedOutputs, LAYER_REFERENCES } from "../../conformance/src/layers/index.ts";
import { Random } from "../../conformance/src/random.ts";
import type { NumberArray } from "../../conformance/src/reference/operand.ts";
import { seedFromEnvironment } from "../../conformance/src/seed.ts";
import { compare } from "../../conformance/src/tolerance.ts";
import type { Draw } from "./layer-draw.ts";
import { drawLayer, drawnClasses } from "./random-layer-draws.ts";

const DEFAULT_SEED = 20261121;
const AT_ONCE = 50;
const TIMEOUT_MS = 120_000; // software WebGL compiles a shader in tens of milliseconds
const MESSAGES = 12;
/** Step of the differences that gradients are compared with: their error is about step² and 1e-16/step. */
const STEP = 1e-5;

interface LayerClass {
  new (args: object): keras.Layer;
  fromConfig(config: keras.KerasConfig): keras.Layer;
}

interface Array32 extends NumberArray {
  readonly values: Float32Array;
}

/** Registers the tests: `count` layers on a backend, 50 a test. */
export function describeRandomLayers(name: string, makeBackend: () => keras.Backend, count: number): void {
  const seed = seedFromEnvironment() ?? DEFAULT_SEED;
  describe(`${count} random layers on ${name}, seed ${seed}`, () => {
    beforeAll(async () => {
      keras.registerBackend(makeBackend());
      expect(await keras.setBackend(name)).toBe(name);
    });

    afterEach(() => keras.clearSession());

    it("come from classes that exist and have a reference", () => {
      expect(drawnClasses().filter((className) => !classOf(className))).toEqual([]);
      expect(drawnClasses()).toEqual(Object.keys(LAYER_REFERENCES).sort());
    });

    for (let first = 0; first < count; first += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
      it(`numbers ${first} to ${first + numbers.length - 1}`, { timeout: TIMEOUT_MS }, async () => {
        const messages: string[] = [];
        for (const number of numbers) messages.push(...(await problemsOf(seed, number)));
        if (messages.length > 0)
          throw new Error(`${messages.length} problems.\n${messages.slice(0, MESSAGES).join("\n")}`);
      });
    }
  });
}

function classOf(className: string): LayerClass | null {
  const known: Readonly<Record<string, unknown>> = keras;
  const found = known[className];
  return isLayerClass(found) ? found : null;
}

function isLayerClass(found: unknown): found is LayerClass {
  return typeof found === "function" && found.prototype instanceof keras.Layer;
}

/** What is wrong with layer `number` of a seed, in complete sentences. */
async function problemsOf(seed: number, number: number): Promise<string[]> {
  const random = new Random(`${seed} ${number}`);
  const draw = drawLayer(random);
  const problems: string[] = [];
  const before = tf.memory().numTensors;
  try {
    for await (const problem of check(draw, random)) problems.push(problem);
  } catch (error) {
    problems.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  const after = tf.memory().numTensors;
  if (problems.length === 0 && after !== before) problems.push(`It left ${after - before} tensors behind.`);
  const { className, args, inputs } = draw;
  const origin = `seed ${seed} number ${number}: ${className}(${JSON.stringify(args)}) on ${JSON.stringify(inputs)}`;
  return problems.map((problem) => `${origin}\n    ${problem}`);
}

async function* check(draw: Draw, random: Random): AsyncGenerator<string> {
  const Class = classOf(draw.className);
  if (Class === null) throw new Error(`There is no layer class ${draw.className}.`);
  const layer = new Class(draw.args);
  try {
    layer.build(oneOrList(draw.inputs));
    const inputs = draw.inputs.map((shape) => inputOf(draw, random, shape));
    const weights = setRandomWeights(layer, random);
    const expected = expectedOutputs(draw.className, draw.args, inputs, weights);

    const shapes = JSON.stringify(layer.computeOutputShape(oneOrList(draw.inputs)));
    if (shapes !== JSON.stringify(oneOrList(expected.map(({ shape }) => shape))))
      yield `computeOutputShape gives ${shapes}, the output has ${JSON.stringify(expected.map(({ shape }) => shape))}.`;
    yield* configProblems(layer, Class);

    const tensors = inputs.map(({ values, shape }) => tf.tensor(values, [...shape]));
    yield* outputProblems("apply", await applied(layer, tensors), expected);
    if (draw.indices === undefined)
      yield* gradientProblems(layer, draw, { inputs, tensors, weights, expected, random });
    for (const t of tensors) t.dispose();

    const plan = await keras.plan(layer, { inputShapes: draw.inputs });
    yield* outputProblems("plan", await plan.run(inputs.map(({ values }) => values)), expected);
    plan.dispose();
  } finally {
    layer.dispose();
  }
}

function oneOrList<T>(list: readonly T[]): T | readonly T[] {
  const [first] = list;
  return list.length === 1 && first !== undefined ? first : list;
}

function inputOf({ indices }: Draw, random: Random, shape: keras.Shape): Array32 {
  const size = keras.sizeOf(shape);
  if (indices === undefined) return { shape, values: random.uniform(size, -1, 1) };
  return { shape, values: Float32Array.from({ length: size }, () => random.int(0, indices - 1)) };
}

function setRandomWeights(layer: keras.Layer, random: Random): Array32[] {
  const weights = layer.weights.map(({ name, shape }): Array32 => {
    const size = keras.sizeOf(shape);
    const values = name === "moving_variance" ? random.uniform(size, 0.5, 2) : random.uniform(size, -1, 1);
    return { shape, values };
  });
  tf.tidy(() => layer.setWeights(weights.map(({ values, shape }) => tf.tensor(values, [...shape]))));
  return weights;
}

function* configProblems(layer: keras.Layer, Class: LayerClass): Generator<string> {
  const config = JSON.stringify(layer.getConfig());
  const again = Class.fromConfig(JSON.parse(config));
  const other = JSON.stringify(again.getConfig());
  if (other !== config) yield `Its config is ${config}, and of the layer made from that ${other}.`;
  again.dispose();
}

async function applied(layer: keras.Layer, inputs: readonly tf.Tensor[]): Promise<ArrayLike<number>[]> {
  const outputs = listOf(layer.apply<tf.Tensor | tf.Tensor[]>(oneOrList(inputs)));
  const values = await Promise.all(outputs.map((y) => y.data()));
  for (const y of outputs) y.dispose();
  return values;
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

function* outputProblems(mode: string, received: readonly ArrayLike<number>[], expected: readonly ExpectedOutput[]) {
  if (received.length !== expected.length)
    yield `${mode} gave ${received.length} outputs instead of ${expected.length}.`;
  for (const [i, { values, shape, rounding }] of expected.entries()) {
    const y = received[i] ?? [];
    if (y.length !== values.length) {
      yield `${mode}: output ${i} has ${y.length} elements instead of those of [${shape}].`;
      continue;
    }
    const found = compare(y, values, rounding);
    if (!found.agree)
      yield `${mode}: output ${i} [${shape}] differs at index ${found.worstIndex}: expected ${found.expected}, received ${found.actual}, tolerance ${found.tolerance.toExponential(2)}.`;
  }
}

interface Prepared {
  readonly inputs: readonly Array32[];
  readonly tensors: readonly tf.Tensor[];
  readonly weights: readonly Array32[];
  readonly expected: readonly ExpectedOutput[];
  readonly random: Random;
}

/** The outputs on the tape, and the slope of `Σ upstream · output` along a random direction of the inputs. */
async function* gradientProblems(layer: keras.Layer, draw: Draw, prepared: Prepared): AsyncGenerator<string> {
  const { inputs, tensors, weights, expected, random } = prepared;
  const sizes = expected.map(({ values }) => values.length);
  const upstream = random.uniform(
    sizes.reduce((sum, n) => sum + n, 0),
    -1,
    1,
  );
  const { value, grads } = tf.tidy(() => {
    const flat = (...xs: tf.Tensor[]): tf.Tensor => {
      const outputs = listOf(layer.apply<tf.Tensor | tf.Tensor[]>(oneOrList(xs)));
      const lists = outputs.map((y) => tensorOf(keras.ops.reshape(y, [y.size])));
      const [first] = lists;
      return lists.length === 1 && first ? first : tensorOf(keras.ops.concatenate(lists, 0));
    };
    return tf.valueAndGrads(flat)([...tensors], tf.tensor(upstream));
  });
  const all = await value.data();
  const outputs = sizes.map((size, i) => {
    const offset = sizes.slice(0, i).reduce((sum, n) => sum + n, 0);
    return all.slice(offset, offset + size);
  });
  yield* outputProblems("under gradient", outputs, expected);

  const directions = inputs.map(({ values }) => random.uniform(values.length, -1, 1));
  const gradients = await Promise.all(grads.map((g) => g.data()));
  tf.dispose([value, ...grads]);
  const slope = gradients.reduce((sum, g, i) => sum + dot(g, directions[i] ?? []), 0);
  const [up, down] = [STEP, -STEP].map((step) => {
    const moved = inputs.map(({ shape, values }, i) => ({
      shape,
      values: Float64Array.from(values, (v, e) => v + step * (directions[i]?.[e] ?? 0)),
    }));
    const y = LAYER_REFERENCES[draw.className]?.(draw.args, moved, weights.map(float64)) ?? [];
    return dot(upstream, Float64Array.from(y.flatMap(({ values }) => [...values])));
  });
  const expectedSlope = ((up ?? Number.NaN) - (down ?? Number.NaN)) / (2 * STEP);
  const perOutput = expected.map(({ rounding, values }, i) => {
    const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    return (Number(rounding.scale) + largest) * Math.sqrt(sizes[i] ?? 0);
  });
  const scale = perOutput.reduce((sum, s) => sum + s, 0);
  const found = compare([slope], [expectedSlope], { terms: upstream.length + 16, scale });
  if (!found.agree)
    yield `gradient: the slope along a direction should be ${expectedSlope}, received ${slope}, tolerance ${found.tolerance.toExponential(2)}.`;
}

function float64({ shape, values }: Array32) {
  return { shape, values: Float64Array.from(values) };
}

function tensorOf(value: keras.Value): tf.Tensor {
  if (!(value instanceof tf.Tensor)) throw new TypeError("Ops on tensors give tensors.");
  return value;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);
}
