/** What is wrong with a drawn layer: its shapes, its config, and its numbers in every way it can be called. */
import * as keras from "@keras-ts/core";
import { vi } from "vitest";
import {
  type ExpectedCall,
  expectedMasks,
  expectedOutputs,
  expectedState,
  knowsMasks,
  NOISE_REFERENCES,
  referenceOf,
} from "../../conformance/src/layers/index.ts";
import type { Random } from "../../conformance/src/random.ts";
import { operandOf } from "../../conformance/src/reference/operand.ts";
import type { Draw } from "./layer-draw.ts";
import { classOf, makeLayer } from "./made-layer.ts";
import { hasMaskOfFeatures, maskedModelProblems } from "./masked-model-check.ts";
import { noiseProblems } from "./noise-check.ts";
import { outputProblems } from "./output-problems.ts";
import {
  BLANK,
  type Called,
  called,
  type Numbers,
  numbersOf,
  oneOrList,
  referenceCallOf,
  setWeights,
} from "./prepared-layer.ts";
import { slopeProblems } from "./slope-check.ts";

/** What is wrong, in complete sentences. */
export async function* layerProblems(draw: Draw, random: Random): AsyncGenerator<string> {
  const layer = makeLayer(draw.className, draw.args);
  try {
    layer.build(oneOrList(draw.inputs));
    const numbers = numbersOf(draw, layer, random);
    yield* configProblems(layer, draw);
    const draws = draw.training === true && draw.className in NOISE_REFERENCES;
    if (draws) yield* noiseProblems(draw, numbers, random);
    else yield* callProblems(layer, draw, numbers, random);
    yield* planProblems(layer, draw, numbers);
  } finally {
    layer.dispose();
  }
}

function expectedCall({ className, args }: Draw, { inputs, weights }: Numbers): Omit<ExpectedCall, "call"> {
  return { className, args, inputs, weights };
}

function* configProblems(layer: keras.Layer, { className }: Draw): Generator<string> {
  const config = JSON.stringify(layer.getConfig());
  const again = classOf(className)?.fromConfig(JSON.parse(config));
  const other = JSON.stringify(again?.getConfig());
  if (other !== config) yield `Its config is ${config}, and of the layer made from that ${other}.`;
  again?.dispose();
}

async function* callProblems(layer: keras.Layer, draw: Draw, numbers: Numbers, random: Random): AsyncGenerator<string> {
  const given: ExpectedCall = { ...expectedCall(draw, numbers), call: referenceCallOf(draw, numbers) };
  const expected = expectedOutputs(given);
  const shapes = JSON.stringify(layer.computeOutputShape(oneOrList(draw.inputs)));
  if (shapes !== JSON.stringify(oneOrList(expected.map(({ shape }) => shape))))
    yield `computeOutputShape gives ${shapes}, the output has ${JSON.stringify(expected.map(({ shape }) => shape))}.`;

  setWeights(layer, numbers.weights);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const y = await called(layer, draw, numbers);
  const warned = warn.mock.calls.length > 0;
  warn.mockRestore();
  yield* outputProblems("apply", y.outputs, expected);
  yield* maskProblems(given, y, warned);
  const after = await Promise.all(layer.weights.map(({ value }) => value.data()));
  yield* outputProblems("weights after the call", after, expectedState(given));

  if (draw.indices !== undefined) return;
  setWeights(layer, numbers.weights);
  const weights = numbers.weights.map(operandOf);
  const at: Parameters<typeof slopeProblems>[3]["at"] = (inputs) =>
    referenceOf(draw.className)(draw.args, inputs, weights, given.call);
  yield* slopeProblems(layer, draw, numbers, { expected, at }, random);
}

/** Masks of the outputs; a layer that drops a mask says so. */
function* maskProblems(given: ExpectedCall, { outputs, masks }: Called, warned: boolean): Generator<string> {
  const { className, args, inputs, call } = given;
  const expected = expectedMasks(className, args, inputs.map(operandOf), call, outputs.length);
  const isInput =
    !knowsMasks(className) && Array.from(outputs[0] ?? []).join() === Array.from(inputs[0]?.values ?? []).join();
  // A layer that changes nothing may return its input with its mask, as in Keras on JAX.
  for (const [i, mask] of isInput ? [] : masks.entries()) {
    const [found, wanted] = [mask && [...Array.from(mask)].join(), expected[i]?.values.join() ?? null];
    if (found !== wanted) yield `The mask of output ${i} is ${found} instead of ${wanted}.`;
  }
  const drops = call.masks !== undefined && !knowsMasks(className);
  if (warned !== drops) yield warned ? "It warned of a mask." : "It dropped a mask without a word.";
}

/** In inference: by itself without masks and states, which a plan does not take, and behind `Masking` with its mask, and states. */
async function* planProblems(layer: keras.Layer, draw: Draw, numbers: Numbers): AsyncGenerator<string> {
  setWeights(layer, numbers.weights);
  const given = expectedCall(draw, numbers);
  const plan = await keras.plan(layer, { inputShapes: draw.inputs });
  const outputs = await plan.run(numbers.inputs.map(({ values }) => values));
  yield* outputProblems("plan", outputs, expectedOutputs({ ...given, call: {} }));
  plan.dispose();
  if (!hasMaskOfFeatures(draw, numbers)) return;
  const { masks, initialState } = referenceCallOf(draw, numbers);
  // A call that is given states applies no mask but one it is given too.
  const call = initialState ? { initialState } : masks ? { masks } : {};
  // What is left out is 0 behind it.
  const inputs = referenceOf("Masking")({ maskValue: BLANK }, given.inputs.map(operandOf), [], {});
  yield* maskedModelProblems(layer, numbers, expectedOutputs({ ...given, inputs, call }));
}
