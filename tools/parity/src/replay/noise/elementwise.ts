/** Layers that move, pick, add or bend elements one by one, and those that draw random numbers. */
import { type Json, property } from "../../suite/manifest.ts";
import { sizeOf } from "../../suite/nd-array.ts";
import { EPSILON, FUNCTION_NOISE, NORMAL_DRAW } from "../agreement.ts";
import { bendOf, type Facts, largest, type Noise, type Rule } from "./call-noise.ts";
import { perRow } from "./values.ts";

/** Elements move or are chosen; the derivative adds up what one element went to. */
export const moved: Rule = ({ upstream, inputs, outputs }) => {
  const copies = sizeOf(outputs[0]?.shape ?? []) / Math.max(1, sizeOf(inputs[0]?.shape ?? []));
  return { output: 0, input: copies > 1 ? Math.sqrt(copies) * upstream : 0 };
};

/** An embedding's rows move; a row's derivative is a sum over all its uses. */
export const embedding: Rule = ({ upstream, inputs }) => ({
  output: 0,
  input: 0,
  weight: () => Math.sqrt(sizeOf(inputs[0]?.shape ?? [])) * upstream,
});

/** Sums of as many terms as there are inputs; broadcasting makes sums of the derivatives. */
export const sum: Rule = (facts) => ({ output: Math.sqrt(facts.inputs.length) * facts.x, input: broadcastBack(facts) });
export const chosen: Rule = (facts) => ({ output: 0, input: broadcastBack(facts) });
export const product: Rule = (facts) => ({
  output: 0,
  input: broadcastBack(facts) * Math.max(1, facts.x) ** (facts.inputs.length - 1),
});

function broadcastBack({ inputs, outputs, upstream }: Facts): number {
  const size = sizeOf(outputs[0]?.shape ?? []);
  const smallest = Math.min(...inputs.map(({ shape }) => sizeOf(shape)));
  return Math.sqrt(size / Math.max(1, smallest)) * upstream;
}

/** scale · x + offset. */
export const rescaling: Rule = ({ config, x }) => {
  const numbers = (name: string) => largestNumber(property(config, name) ?? null);
  return { output: numbers("scale") * x + numbers("offset"), input: 0 };
};

/** A factor an element of the last axis, learned: its derivative is a sum over all the others. */
export const layerScale: Rule = ({ inputs, x, upstream, inputGradient }) => ({
  output: 0,
  input: inputGradient,
  weight: () => Math.sqrt(sizeOf(inputs[0]?.shape.slice(0, -1) ?? [])) * upstream * x,
});

/** x + scale · residual, both as large as the larger of them. */
export const scaledSum: Rule = (facts) => {
  const scale = Math.max(1, largestNumber(property(facts.config, "scale") ?? 0));
  return { output: 2 * scale * facts.x, input: scale * broadcastBack(facts) };
};

/** Straight pieces, whose argument may be shifted by a threshold first. */
export const rectifier: Rule = ({ config, x, upstream, inputs, weight }) => {
  const slope = largestNumber(property(config, "negative_slope") ?? null);
  const shift = largestNumber(property(config, "threshold") ?? null);
  const shared = sizeOf(inputs[0]?.shape ?? []) / Math.max(1, sizeOf(weight("alpha")?.shape ?? [1]));
  return {
    output: shift === 0 ? 0 : slope * (x + shift),
    input: 0,
    weight: () => Math.sqrt(shared) * upstream * x, // a slope of its own, learned
  };
};

/** A function by itself: judged element by element against its own argument, row by row where it looks at rows. */
export const bent: Rule = (facts) => {
  const { className, config, inputs, y, upstream, x } = facts;
  const activation = property(config, "activation") ?? className.toLowerCase();
  const bend = bendOf(activation, y);
  const rows = /^(softmax|log_softmax|sparsemax|glu)$/.test(String(activation));
  const alpha = Math.max(1, largestNumber(property(config, "alpha") ?? null));
  const [input] = inputs;
  const sameSize = input !== undefined && input.data.length === facts.outputs[0]?.data.length;
  const output: Noise =
    sameSize && !rows
      ? perRow(input, 1).map((scale) => FUNCTION_NOISE * alpha * scale)
      : FUNCTION_NOISE * bend.slope * Math.max(x, y);
  return { output, input: FUNCTION_NOISE * alpha * upstream * (1 + x) * bend.slope };
};

/** The largest number that is drawn, in deviations; a draw may be off by NORMAL_DRAW of itself. */
const FARTHEST_DRAW = 6;
const drawn = (deviation: number) => deviation * FARTHEST_DRAW * (NORMAL_DRAW / EPSILON);

export const gaussianNoise: Rule = ({ config, x }) => ({
  output: x + drawn(Number(property(config, "stddev") ?? 0)),
  input: 0,
});

export const gaussianDropout: Rule = ({ config, x, upstream }) => {
  const rate = Number(property(config, "rate") ?? 0);
  const factor = 1 + drawn(Math.sqrt(rate / (1 - rate)));
  return { output: x * factor, input: upstream * factor };
};

/** a·(x or −1.76) + b, a and b from the rate. */
export const alphaDropout: Rule = ({ x, upstream }) => ({ output: 2 * (x + 2), input: upstream });

/** Averages of a window: K terms of x / K, and as many windows an element at most. */
export const averaged: Rule = ({ x, upstream }) => ({ output: x, input: upstream });

/** Maxima of windows: nothing is computed; an element may be the largest of as many windows as it is in. */
export const pooled: Rule = ({ config, upstream }) => ({
  output: 0,
  input: Math.sqrt(sizeOf(numbersOf(property(config, "pool_size") ?? 1))) * upstream,
});

/**
 * Resampling: weights that add up to 1, computed from positions that were rounded at the scale of the longest axis, n,
 * and fall off by about 1 a position.
 */
export const resampled: Rule = (facts) => {
  const { config, x, upstream, inputs, outputs } = facts;
  if (property(config, "interpolation") === "nearest") return moved(facts);
  const [from, to] = [inputs[0]?.shape ?? [], outputs[0]?.shape ?? []];
  const changed = from.flatMap((size, axis) => (size === to[axis] ? [] : [size]));
  const longest = Math.max(1, ...changed, ...paddedSides(facts));
  const copies = Math.max(1, sizeOf(to) / Math.max(1, sizeOf(from)));
  return { output: longest * x, input: longest * copies * upstream };
};

/** What an image is padded to before it is resized, where its shape is to be kept. */
function paddedSides({ config, inputs }: Facts): number[] {
  if (property(config, "pad_to_aspect_ratio") !== true) return [];
  const ratio = Number(property(config, "height")) / Number(property(config, "width"));
  const shape = inputs[0]?.shape ?? [];
  const [height = 1, width = 1] =
    property(config, "data_format") === "channels_first" ? shape.slice(-2) : shape.slice(-3, -1);
  return [width * ratio, height / ratio];
}

function numbersOf(value: Json): number[] {
  if (typeof value === "number") return [value];
  return Array.isArray(value) ? value.flatMap(numbersOf) : [];
}

function largestNumber(value: Json): number {
  // A layer keeps an array argument in its serialized form.
  const list = numbersOf(property(property(value, "config"), "value") ?? value);
  return list.reduce((found, n) => Math.max(found, Math.abs(n)), 0);
}

/** Layers without a rule: a sum over one whole sample of terms as large as what goes in or comes out. */
export const unknown: Rule = ({ inputs, x, y, inputGradient, weightGradient, weight }) => {
  const terms = Math.sqrt(sizeOf(inputs[0]?.shape.slice(1) ?? []));
  return {
    output: terms * Math.max(x, y),
    input: terms * inputGradient,
    weight: (name) => terms * weightGradient(name),
    state: (name) => terms * Math.max(1, largest(weight(name))),
  };
};
