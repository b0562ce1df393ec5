/**
 * noise = √K·s of the agreement formula: K the length of the longest sum behind an element, s the scale of its terms. Both
 * come from the case alone (its configuration and Keras's arrays), never from our result. Sums that feed sums multiply their
 * K; an activation stretches what enters it by its largest slope. Rounding a single product or quotient is what the formula's
 * r is for: such layers have no noise of their own.
 */
import type { Arrays } from "../../suite/arrays.ts";
import { type Json, type LayerCase, property } from "../../suite/manifest.ts";
import type { NdArray } from "../../suite/nd-array.ts";

/** One number for an array, or one an element. */
export type Noise = number | Float64Array;

/** The noise of what a call gives. */
export interface CallNoise {
  output(at: number): Noise;
  /** Of the derivative by an input. */
  input(at: number): number;
  /** Of the derivative by a weight. */
  weight(path: string): number;
  /** Of a weight that the call changed. */
  state(path: string): number;
}

/** What a rule says of its layer; a layer without weights or state has no more. */
export interface LayerNoise {
  readonly output: Noise;
  readonly input: number;
  /** By the last part of a weight's path. */
  weight?(name: string): number;
  state?(name: string): number;
}

/** What the rules look at. */
export interface Facts {
  readonly className: string;
  readonly config: Json | undefined;
  readonly training: boolean;
  readonly inputs: readonly NdArray[];
  readonly outputs: readonly NdArray[];
  /** Largest magnitude of the inputs, of the outputs, of the upstream and of initial states. */
  readonly x: number;
  readonly y: number;
  readonly upstream: number;
  readonly initial: number;
  /** By the last part of its path; the largest of those of one name. */
  weight(name: string): NdArray | undefined;
  /** Largest magnitude of Keras's derivatives, where a rule has nothing better. */
  readonly inputGradient: number;
  weightGradient(name: string): number;
}

export type Rule = (facts: Facts) => LayerNoise;

/** Largest finite magnitude; 0 of an empty array. */
export function largest(array: NdArray | undefined): number {
  let found = 0;
  for (const value of array?.data ?? []) {
    const magnitude = Math.abs(value);
    if (magnitude > found && magnitude < Infinity) found = magnitude;
  }
  return found;
}

export function largestOf(arrays: readonly (NdArray | undefined)[]): number {
  return arrays.reduce((found, array) => Math.max(found, largest(array)), 0);
}

export const lastPart = (path: string) => path.split("/").at(-1) ?? "";

export function factsOf(item: LayerCase, arrays: Arrays): Facts {
  const at = (file: string | undefined | null) => (file ? arrays.get(file) : undefined);
  const all = (files: readonly (string | null)[]) => files.flatMap((file) => at(file) ?? []);
  const named = (name: string) => item.weights.filter(({ path }) => lastPart(path) === name);
  const inputs = all(item.inputs.map(({ file }) => file));
  const outputs = all(item.outputs.map(({ file }) => file));
  return {
    className: String(item.layer["class_name"]),
    config: item.layer["config"],
    training: item.training === true,
    inputs,
    outputs,
    x: largestOf(inputs),
    y: largestOf(outputs),
    upstream: largestOf(all(item.gradients?.upstream ?? [])),
    initial: largestOf(all((item.initial_state ?? []).map(({ file }) => file))),
    weight: (name) =>
      all(named(name).map(({ file }) => file)).reduce<NdArray | undefined>(
        (found, array) => (found === undefined || largest(array) > largest(found) ? array : found),
        undefined,
      ),
    inputGradient: largestOf(all(item.gradients?.inputs ?? [])),
    weightGradient: (name) =>
      largestOf(
        named(name).map(({ path }) => at(item.gradients?.weights[item.weights.findIndex((w) => w.path === path)])),
      ),
  };
}

/** The facts of the layer that a wrapper holds in one of its arguments. */
export function insideOf(facts: Facts, argument: string): Facts {
  const inner = property(facts.config, argument);
  return { ...facts, className: String(property(inner, "class_name")), config: property(inner, "config") };
}

/** Bounds of an activation's first and second derivative. */
export interface Bend {
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

export function bendOf(activation: Json, y: number): Bend {
  if (activation === null) return STRAIGHT;
  if (typeof activation !== "string") return SMOOTH;
  if (GROWING.includes(activation)) return { slope: 1 + y, curvature: 1 + y };
  return STRAIGHT_NAMES.includes(activation) ? STRAIGHT : SMOOTH;
}
