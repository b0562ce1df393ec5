/**
 * Random small layers against a float64 reference of layers: through `apply` (a compiled plan, or op by op in training and with
 * masks and states), on the tape with gradients, as a plan on arrays, and behind a Masking layer; besides, shapes, configs, masks
 * and weights after the call. A seed is in every message; KERAS_TS_SEED brings one back.
 */
import * as keras from "@keras-ts/core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { LAYER_REFERENCES } from "../../conformance/src/layers/index.ts";
import { Random } from "../../conformance/src/random.ts";
import { seedFromEnvironment } from "../../conformance/src/seed.ts";
import { layerProblems } from "./layer-check.ts";
import { exportedClasses, registerFunctions } from "./made-layer.ts";
import { drawLayer, drawnClasses } from "./random-layer-draws.ts";

const DEFAULT_SEED = 20261121;
const AT_ONCE = 50;
const TIMEOUT_MS = 120_000; // software WebGL compiles a shader in tens of milliseconds
const MESSAGES = 12;

/** Exported layer classes that are not drawn. */
const NOT_DRAWN: Readonly<Record<string, string>> = {
  Functional: "A model is a graph of layers; whole ones are compared with Keras's.",
  InputLayer: "It computes nothing: a model's symbol stands for it.",
  Sequential: "The same.",
  Wrapper: "A base without a call; the layers made of it are drawn.",
};

/** Registers the tests: `count` layers on a backend, 50 a test. */
export function describeRandomLayers(name: string, makeBackend: () => keras.Backend, count: number): void {
  const seed = seedFromEnvironment() ?? DEFAULT_SEED;
  describe(`${count} random layers on ${name}, seed ${seed}`, () => {
    const drawn = new Set<string>();

    beforeAll(async () => {
      registerFunctions();
      keras.registerBackend(makeBackend());
      expect(await keras.setBackend(name)).toBe(name);
    });

    afterEach(() => keras.clearSession());

    for (let first = 0; first < count; first += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
      it(`numbers ${first} to ${first + numbers.length - 1}`, { timeout: TIMEOUT_MS }, async () => {
        const messages: string[] = [];
        for (const number of numbers) messages.push(...(await problemsOf(seed, number, drawn)));
        if (messages.length > 0)
          throw new Error(`${messages.length} problems.\n${messages.slice(0, MESSAGES).join("\n")}`);
      });
    }

    it("are of every layer class that is exported, but those with a reason", () => {
      const reasons = Object.entries(NOT_DRAWN).map(([className, reason]) => `${className}: ${reason}`);
      console.info(`Not drawn. ${reasons.join(" ")}`);
      const missing = exportedClasses().filter((className) => !drawn.has(className));
      expect(missing).toEqual(Object.keys(NOT_DRAWN).sort());
      expect(drawnClasses()).toEqual(Object.keys(LAYER_REFERENCES).sort());
    });
  });
}

/** What is wrong with layer `number` of a seed, in complete sentences. */
async function problemsOf(seed: number, number: number, drawn: Set<string>): Promise<string[]> {
  const random = new Random(`${seed} ${number}`);
  const draw = drawLayer(random, number);
  drawn.add(draw.className);
  const problems: string[] = [];
  const before = tf.memory().numTensors;
  try {
    for await (const problem of layerProblems(draw, random)) problems.push(problem);
  } catch (error) {
    problems.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  const after = tf.memory().numTensors;
  if (problems.length === 0 && after !== before) problems.push(`It left ${after - before} tensors behind.`);
  const { className, args, inputs, ...call } = draw;
  const origin = `seed ${seed} number ${number}: ${className}(${JSON.stringify(args)}) on ${JSON.stringify(inputs)}, ${JSON.stringify(call)}`;
  return problems.map((problem) => `${origin}\n    ${problem}`);
}
