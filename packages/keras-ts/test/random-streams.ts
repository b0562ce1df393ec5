/** Random chains of causal layers, streamed with random hops and compared with a plan of the whole signal. */
import * as keras from "@keras-ts/core";
import { describe, expect, it } from "vitest";
import { Random } from "../../conformance/src/random.ts";
import { seedFromEnvironment } from "../../conformance/src/seed.ts";
import { streamProblems } from "./stream-signals.ts";

const { layers } = keras;
const DEFAULT_SEED = 20261121;
const AT_ONCE = 20;

type Symbol = keras.KerasTensor;

/** A chain, and what is known of it. */
interface Chain {
  readonly model: keras.Model;
  readonly features: number;
  /** Frames a call must be a multiple of this. */
  readonly every: number;
  readonly terms: number;
  /** What was drawn, for messages. */
  readonly words: string;
}

/** Registers the tests, inside of a suite that has chosen a backend. */
export function describeRandomStreams(count: number): void {
  const seed = seedFromEnvironment() ?? DEFAULT_SEED;
  describe(`${count} random chains, seed ${seed}`, () => {
    for (let first = 0; first < count; first += AT_ONCE) {
      it(`numbers ${first} to ${Math.min(first + AT_ONCE, count) - 1}`, async () => {
        for (let i = first; i < Math.min(first + AT_ONCE, count); i++)
          expect(await problemsOf(`${seed} ${i}`)).toEqual([]);
      });
    }
  });
}

async function problemsOf(seed: string): Promise<string[]> {
  const random = new Random(seed);
  const { model, features, every, terms, words } = drawChain(random);
  const hopShapes = [[random.pick([1, 1, 2, 3]), every * random.pick([1, 1, 2, 3, 5, 16]), features]];
  const calls = random.int(2, 9);
  const given = `${seed}: ${words}; hop ${hopShapes.join()}, ${calls} calls`;
  try {
    const { problems } = await streamProblems({ model, hopShapes, calls, terms, seed: random.int(0, 1e6) });
    return problems.map((problem) => `${given}: ${problem}`);
  } catch (error) {
    return [`${given}: ${String(error)}`];
  }
}

function drawChain(random: Random): Chain {
  const features = random.int(1, 9);
  const input = keras.Input({ shape: [null, features] });
  let x: Symbol = input;
  let every = 1;
  let terms = 10;
  const words: string[] = [];
  for (let i = random.int(1, 6); i > 0; i--) {
    const draw = random.pick(DRAWS)(random, x);
    x = draw.y;
    every *= draw.stride ?? 1;
    terms += draw.terms;
    words.push(draw.word);
  }
  return { model: new keras.Model({ inputs: input, outputs: x }), features, every, terms, words: words.join(" ") };
}

interface Draw {
  readonly y: Symbol;
  readonly terms: number;
  readonly word: string;
  readonly stride?: number;
}

const ACTIVATIONS = ["relu", "tanh", "sigmoid", "silu", null] as const;
const channelsOf = (x: Symbol) => x.shape.at(-1) ?? 1;
const padded = (x: Symbol, frames: number): Symbol =>
  frames === 0 ? x : layers.zeroPadding1d(x, { padding: [frames, 0] });

/** A layer each, of values of about 1. */
const DRAWS: readonly ((random: Random, x: Symbol) => Draw)[] = [
  (random, x) => {
    const [kernelSize, dilationRate, filters] = [random.int(1, 6), random.int(1, 5), random.int(1, 12)];
    const activation = random.pick(ACTIVATIONS);
    const y = layers.conv1d(x, { filters, kernelSize, dilationRate, activation, padding: "causal" });
    return { y, terms: kernelSize * channelsOf(x), word: `conv${kernelSize}·${dilationRate}→${filters}` };
  },
  (random, x) => {
    const [kernelSize, strides, filters] = [random.int(1, 6), random.int(2, 3), random.int(1, 12)];
    const y = layers.conv1d(x, { filters, kernelSize, strides, padding: "causal" });
    return { y, terms: kernelSize * channelsOf(x), word: `conv${kernelSize}/${strides}→${filters}`, stride: strides };
  },
  (random, x) => {
    const [kernelSize, depthMultiplier] = [random.int(1, 9), random.int(1, 2)];
    const y = layers.depthwiseConv1d(padded(x, kernelSize - 1), { kernelSize, depthMultiplier });
    return { y, terms: kernelSize, word: `depthwise${kernelSize}×${depthMultiplier}` };
  },
  (random, x) => {
    const [kernelSize, dilationRate, filters] = [random.int(1, 5), random.int(1, 3), random.int(1, 9)];
    const y = layers.separableConv1d(padded(x, (kernelSize - 1) * dilationRate), { filters, kernelSize, dilationRate });
    return { y, terms: kernelSize + channelsOf(x), word: `separable${kernelSize}·${dilationRate}→${filters}` };
  },
  (random, x) => {
    const activation = random.pick(ACTIVATIONS) ?? "elu";
    const y: Symbol = layers.activation(layers.batchNormalization(x), { activation });
    return { y, terms: 4, word: `norm+${activation}` };
  },
  (random, x) => {
    const args = { filters: channelsOf(x), kernelSize: 2, dilationRate: random.int(1, 9), padding: "causal" } as const;
    const gated: Symbol = layers.multiply([
      layers.conv1d(x, { ...args, activation: "tanh" }),
      layers.conv1d(x, { ...args, activation: "sigmoid" }),
    ]);
    return { y: layers.add([x, gated]), terms: 4 * channelsOf(x), word: `gate·${args.dilationRate}` };
  },
  (random, x) => {
    const branches = [random.int(1, 8), random.int(1, 8)].map(
      (kernelSize): Symbol => layers.conv1d(x, { filters: 3, kernelSize, padding: "causal" }),
    );
    return { y: layers.concatenate([x, ...branches]), terms: 8 * channelsOf(x), word: "branches" };
  },
  (random, x) => {
    const poolSize = random.int(2, 3);
    return { y: layers.averagePooling1d(x, { poolSize }), terms: poolSize, word: `mean${poolSize}`, stride: poolSize };
  },
  (random, x) => {
    const poolSize = random.int(1, 4);
    const y = layers.maxPooling1d(padded(x, poolSize - 1), { poolSize, strides: 1 });
    return { y, terms: 1, word: `max${poolSize}` };
  },
  (random, x) => {
    const units = random.int(1, 9);
    return { y: layers.dense(x, { units, activation: "tanh" }), terms: channelsOf(x), word: `dense→${units}` };
  },
];
