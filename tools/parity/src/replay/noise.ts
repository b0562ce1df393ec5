/**
 * noise = √K·s of the agreement formula: K the length of the longest sum behind an element, s the scale of its terms. Both
 * come from the case alone (its configuration and Keras's arrays), never from our result. Sums that feed sums multiply their
 * K; an activation stretches what enters it by its largest slope.
 */
import type { Arrays } from "../suite/arrays.ts";
import { type Json, type LayerCase, property, type ValueCase } from "../suite/manifest.ts";
import { type NdArray, sizeOf } from "../suite/nd-array.ts";
import { FUNCTION_NOISE, ONE_SIGN_NOISE } from "./agreement.ts";

export interface LayerNoise {
  readonly output: number;
  readonly input: number;
  /** By the last part of a weight's path. */
  weight(name: string): number;
}

/** Bounds of an activation's first and second derivative. */
interface Bend {
  readonly slope: number;
  readonly curvature: number;
}

const STRAIGHT: Bend = { slope: 1.5, curvature: 0.4 }; // hard_silu is the steepest and the only one bent
const SMOOTH: Bend = { slope: 2, curvature: 2 }; // selu 1.76 and 1.76, softsign 1 and 2, log_softmax 2 and 1
const STRAIGHT_NAMES = [
  "linear",
  "relu",
  "relu6",
  "leaky_relu",
  "hard_sigmoid",
  "hard_silu",
  "hard_tanh",
  "hard_shrink",
  "soft_shrink",
  "sparse_sigmoid",
];
/** Their slope grows with the output: the exponential is its own, glu is a product. */
const GROWING = ["exponential", "glu"];

/** Largest finite magnitude; 0 of an empty array. */
export function largest(array: NdArray | undefined): number {
  let found = 0;
  for (const value of array?.data ?? []) {
    const magnitude = Math.abs(value);
    if (magnitude > found && magnitude < Infinity) found = magnitude;
  }
  return found;
}

export function layerNoise(item: LayerCase, arrays: Arrays): LayerNoise {
  const config = item.layer["config"];
  const at = (file: string | undefined | null) => (file ? arrays.get(file) : undefined);
  const weight = (name: string) => at(item.weights.find(({ path }) => path.split("/").at(-1) === name)?.file);
  const x = largest(at(item.inputs[0]?.file));
  const y = Math.max(...item.outputs.map(({ file }) => largest(at(file))));
  const upstream = Math.max(0, ...(item.gradients?.upstream.map((file) => largest(at(file))) ?? []));
  const bend = bendOf(property(config, "activation") ?? null, y);
  const chain = chainOf(String(item.layer["class_name"]), config, weight);
  if (!chain) return unknownLayer(item, at, x, y);

  const positions = at(item.outputs[0]?.file)?.shape ?? [];
  const channels = property(config, "data_format") === "channels_first" ? positions[1] : positions.at(-1);
  const summed = sizeOf(positions) / Math.max(1, channels ?? 1); // batch · output positions: the length of a weight gradient's sum
  const magnitude = chain.reduce((product, link) => product * Math.sqrt(link.forward) * largest(link.weight), 1);
  const before = magnitude * x + largest(weight("bias")); // what reaches the activation
  const back = upstream * (bend.slope + bend.curvature * before); // what comes back through it
  const backward = chain.reduce((product, link) => product * Math.sqrt(link.backward) * largest(link.weight), 1);
  const others = (name: string) => {
    const mine = chain.findIndex((link) => link.name === name);
    return chain.reduce(
      (product, link, i) =>
        i === mine ? product : product * Math.sqrt(i < mine ? link.forward : link.backward) * largest(link.weight),
      1,
    );
  };
  return {
    output: bend.slope * before,
    input: backward * back,
    weight: (name) => Math.sqrt(summed) * back * (name === "bias" ? 1 : others(name) * Math.max(x, 1e-30)),
  };
}

/** One linear stage: the terms of one output's sum, and of one input's derivative. */
interface Link {
  readonly name: string;
  readonly weight: NdArray;
  readonly forward: number;
  readonly backward: number;
}

/** The linear stages of a layer, first to last; `null` for a layer whose sums are not written down here. */
function chainOf(
  className: string,
  config: Json | undefined,
  weight: (name: string) => NdArray | undefined,
): Link[] | null {
  const link = (name: string, inputs: "per group" | "one" | "transposed"): Link | null => {
    const array = weight(name);
    if (!array) return null;
    const [a = 1, b = 1] = array.shape.slice(-2);
    const taps = sizeOf(array.shape.slice(0, -2));
    const groups = Number(property(config, "groups") ?? 1);
    if (inputs === "one") return { name, weight: array, forward: taps, backward: taps * b }; // [taps, channels, multiplier]
    if (inputs === "transposed") return { name, weight: array, forward: taps * b, backward: taps * a }; // [taps, filters, channels]
    return { name, weight: array, forward: taps * a, backward: (taps * b) / groups }; // [taps, channels / groups, filters]
  };
  const links = (() => {
    if (/^DepthwiseConv\dD$/.test(className)) return [link("kernel", "one")];
    if (/^SeparableConv\dD$/.test(className))
      return [link("depthwise_kernel", "one"), link("pointwise_kernel", "per group")];
    if (/^Conv\dDTranspose$/.test(className)) return [link("kernel", "transposed")];
    if (/^(Conv\dD|Dense)$/.test(className)) return [link("kernel", "per group")];
    return [null];
  })();
  return links.every((item) => item !== null) ? links.filter((item) => item !== null) : null;
}

/** Layers without a row above: a sum over one whole sample of terms as large as what goes in or comes out. */
function unknownLayer(
  item: LayerCase,
  at: (file: string | null | undefined) => NdArray | undefined,
  x: number,
  y: number,
): LayerNoise {
  const terms = Math.sqrt(sizeOf(at(item.inputs[0]?.file)?.shape.slice(1) ?? []));
  const gradient = (file: string | null | undefined) => terms * largest(at(file));
  return {
    output: terms * Math.max(x, y),
    input: gradient(item.gradients?.inputs[0]),
    weight: (name) => gradient(item.gradients?.weights[item.weights.findIndex(({ path }) => path.endsWith(name))]),
  };
}

function bendOf(activation: Json, y: number): Bend {
  if (activation === null) return STRAIGHT;
  if (typeof activation !== "string") return SMOOTH;
  if (GROWING.includes(activation)) return { slope: 1 + y, curvature: 1 + y };
  return STRAIGHT_NAMES.includes(activation) ? STRAIGHT : SMOOTH;
}

/** A loss adds up the terms of the largest array it may come from, all of one sign, each as uncertain as the outputs. */
export function lossNoise(item: LayerCase, arrays: Arrays, output: number): number {
  const sizes = [...item.outputs, ...item.weights].map(({ file }) => sizeOf(arrays.get(file)?.shape ?? []));
  return output + ONE_SIGN_NOISE * Math.sqrt(Math.max(...sizes)) * Math.max(...item.losses.map(Math.abs));
}

/** Activations that look at a whole row of the last axis. */
const ROWWISE = ["softmax", "log_softmax", "sparsemax", "glu"];

export interface ValueNoise {
  readonly output: number | Float64Array;
  readonly gradient: number | Float64Array;
}

/**
 * Activations are judged element by element against their own argument (row by row where they look at rows), so that a large
 * argument does not excuse a small one; the others against the scale of Keras's result.
 */
export function valueNoise(item: ValueCase, arrays: Arrays): ValueNoise {
  const x = arrays.get(item.inputs[0]?.file ?? "");
  if (item.sort === "activation" && x) {
    const upstream = arrays.get(item.gradients?.upstream[0] ?? "");
    const expected = arrays.get(item.outputs[0]?.file ?? "");
    if (!expected || expected.data.length !== x.data.length) {
      const scale = largest(x);
      return { output: scale * (1 + scale), gradient: largest(upstream) * (1 + scale) };
    }
    const row = typeof item.object === "string" && ROWWISE.includes(item.object) ? (x.shape.at(-1) ?? 1) : 1;
    const scales = perRow(x, row);
    const back = upstream ? perRow(upstream, row) : new Float64Array(scales.length);
    return {
      output: scales.map((scale) => FUNCTION_NOISE * scale),
      gradient: scales.map((scale, i) => FUNCTION_NOISE * (back[i] ?? 0) * (1 + scale)),
    };
  }
  const terms = Math.sqrt(x ? sizeOf(x.shape) : 1);
  const factor = Number(property(property(item.object, "config"), "factor") ?? 0); // a regularizer's, whose sum may cancel to nothing
  const scale = item.value === undefined ? largest(arrays.get(item.outputs[0]?.file ?? "")) : Math.abs(item.value);
  const spread = item.sort === "regularizer" ? ONE_SIGN_NOISE : item.sort === "constraint" ? 1 : FUNCTION_NOISE;
  return {
    output: spread * terms * Math.max(scale, factor),
    gradient: FUNCTION_NOISE * terms * largest(arrays.get(item.gradients?.inputs[0] ?? "")),
  };
}

function perRow(array: NdArray, row: number): Float64Array {
  const scales = new Float64Array(array.data.length);
  for (let start = 0; start < scales.length; start += row) {
    scales.fill(largest({ shape: [row], data: array.data.subarray(start, start + row) }), start, start + row);
  }
  return scales;
}
