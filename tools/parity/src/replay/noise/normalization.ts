/**
 * Layers that divide by a deviation: what was rounded at the scale of the input comes out at that scale over the smallest
 * deviation, which is computed here from Keras's arrays.
 */
import { type Json, property } from "../../suite/manifest.ts";
import { indexOf, type NdArray, sizeOf } from "../../suite/nd-array.ts";
import { type Facts, type LayerNoise, largest, type Rule } from "./call-noise.ts";

export const batchNormalization: Rule = (facts) => {
  const { config, training, x, upstream, inputs, weight } = facts;
  const [input] = inputs;
  const axis = axesOf(property(config, "axis") ?? -1, input)[0] ?? 0;
  const frozen = property(config, "trainable") === false;
  const mean = largest(weight("moving_mean"));
  if (training && !frozen) {
    const noise = centred(
      facts,
      smallestVariance(input, (index) => String(index[axis])),
    );
    // The average of the input and of its square, beside what was there before.
    const state = (name: string) => (name === "moving_mean" ? mean + x : largest(weight("moving_variance")) + x * x);
    return { ...noise, state };
  }
  const deviation = Math.sqrt(smallest(weight("moving_variance")) + epsilonOf(config));
  const scaled = (x + mean) / deviation;
  const summed = sizeOf(input?.shape ?? []) / (input?.shape[axis] ?? 1);
  return {
    output: gammaOf(facts) * scaled + largest(weight("beta")),
    input: (gammaOf(facts) * upstream) / deviation,
    weight: (name) => Math.sqrt(summed) * upstream * (name === "beta" ? 1 : scaled),
    state: (name) => largest(weight(name)),
  };
};

export const layerNormalization: Rule = (facts) => {
  const [input] = facts.inputs;
  const axes = axesOf(property(facts.config, "axis") ?? -1, input);
  return centred(
    facts,
    smallestVariance(input, (index) => index.filter((_, axis) => !axes.includes(axis)).join()),
  );
};

export const groupNormalization: Rule = (facts) => {
  const [input] = facts.inputs;
  const axis = axesOf(property(facts.config, "axis") ?? -1, input)[0] ?? 0;
  const channels = input?.shape[axis] ?? 1;
  const wanted = Number(property(facts.config, "groups") ?? 32);
  const size = channels / (wanted === -1 ? channels : Math.min(wanted, channels));
  return centred(
    facts,
    smallestVariance(input, (index) => `${index[0]},${Math.floor((index[axis] ?? 0) / size)}`),
  );
};

/** Root mean square and length: nothing is subtracted, so the output is as exact as a quotient; derivatives are sums. */
export const rootMeanSquare: Rule = (facts) => uncentred(facts, true);
export const unitNorm: Rule = (facts) => uncentred(facts, false);

/** (x − mean) / deviation with given or adapted statistics, or the way back. */
export const normalization: Rule = ({ config, x, weight }) => {
  const statistic = (name: string) => {
    const found = weight(name)?.data ?? numbersIn(property(config, name) ?? null);
    return Array.from(found, Math.abs);
  };
  const [means, variances] = [statistic("mean"), statistic("variance")];
  const mean = Math.max(0, ...means);
  const deviations = variances.map(Math.sqrt);
  const output =
    property(config, "invert") === true
      ? x * Math.max(0, ...deviations) + mean
      : (x + mean) / Math.max(Math.min(...deviations, Infinity), 1e-7);
  return { output: Number.isFinite(output) ? output : x + mean, input: 0 };
};

/** Mean and variance of the input itself. */
function centred(facts: Facts, variance: number): LayerNoise {
  const { config, x, y, upstream, inputs, outputs, weight } = facts;
  const deviation = Math.sqrt(variance + epsilonOf(config));
  const stretched = (2 * x) / deviation; // both the element and the mean were rounded at the scale of x
  const summed = Math.sqrt(sizeOf(outputs[0]?.shape ?? inputs[0]?.shape ?? []));
  const gamma = gammaOf(facts);
  return {
    output: gamma * stretched + largest(weight("beta")) + y,
    // upstream, its mean, and the output times the mean of their product
    input: ((gamma * upstream) / deviation) * (1 + stretched) ** 2,
    weight: (name) => summed * upstream * (name === "beta" ? 1 : 1 + stretched),
  };
}

/** The square of the length below which Keras's `normalize` divides by a constant. */
const UNIT_FLOOR = 1e-24;

function uncentred(facts: Facts, mean: boolean): LayerNoise {
  const { config, upstream, inputs, y } = facts;
  const [input] = inputs;
  const axes = axesOf(property(config, "axis") ?? -1, input);
  const count = mean ? axes.reduce((product, axis) => product * (input?.shape[axis] ?? 1), 1) : 1;
  const squares = groups(input, (index) => index.filter((_, axis) => !axes.includes(axis)).join());
  const floor = mean ? epsilonOf(config) : UNIT_FLOOR;
  const length = Math.sqrt(Math.min(...[...squares.values()].map(({ square }) => square / count), Infinity) + floor);
  const gamma = gammaOf(facts);
  const relative = y / Math.max(gamma, 1e-30);
  return {
    output: y,
    input: ((gamma * upstream) / length) * (1 + relative ** 2) * Math.sqrt(count),
    weight: () => Math.sqrt(sizeOf(input?.shape ?? [])) * upstream * (1 + relative),
  };
}

const epsilonOf = (config: Json | undefined) => Number(property(config, "epsilon") ?? 1e-3);

function gammaOf({ weight }: Facts): number {
  const gamma = weight("gamma") ?? weight("scale");
  return gamma ? largest(gamma) : 1;
}

function axesOf(axis: Json, input: NdArray | undefined): number[] {
  const rank = input?.shape.length ?? 1;
  return (Array.isArray(axis) ? axis : [axis]).map((n: Json) => (Number(n) + rank) % rank);
}

function smallest(array: NdArray | undefined): number {
  return array && array.data.length > 0 ? Math.min(...array.data) : 1;
}

function numbersIn(value: Json): number[] {
  if (typeof value === "number") return [value];
  return Array.isArray(value) ? value.flatMap(numbersIn) : [];
}

interface Moments {
  count: number;
  sum: number;
  square: number;
}

function groups(array: NdArray | undefined, keyOf: (index: readonly number[]) => string): Map<string, Moments> {
  const found = new Map<string, Moments>();
  array?.data.forEach((value, at) => {
    const key = keyOf(indexOf(at, array.shape));
    const moments = found.get(key) ?? { count: 0, sum: 0, square: 0 };
    moments.count++;
    moments.sum += value;
    moments.square += value * value;
    found.set(key, moments);
  });
  return found;
}

function smallestVariance(array: NdArray | undefined, keyOf: (index: readonly number[]) => string): number {
  const variances = [...groups(array, keyOf).values()].map(({ count, sum, square }) =>
    Math.max(0, square / count - (sum / count) ** 2),
  );
  return variances.reduce((a, b) => Math.min(a, b), Infinity);
}
