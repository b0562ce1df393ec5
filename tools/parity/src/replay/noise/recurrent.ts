/**
 * LSTM, GRU and ConvLSTM. A step is two sums (inputs and state) into the gates, whose slopes are at most those of the
 * activations; steps add their errors to the state, so that T steps have √T times the error of one.
 */
import { property } from "../../suite/manifest.ts";
import { sizeOf } from "../../suite/nd-array.ts";
import { bendOf, insideOf, largest, type Rule } from "./call-noise.ts";

export const recurrent: Rule = ({ config, x, y, upstream, initial, inputs, outputs, weight }) => {
  const [kernel, inner] = [weight("kernel"), weight("recurrent_kernel")];
  const state = Math.max(1, y, initial); // gates are at most 1 times what they let through
  const terms = (shape: readonly number[] | undefined) => sizeOf(shape?.slice(0, -1) ?? []);
  const sums =
    Math.sqrt(terms(kernel?.shape)) * largest(kernel) * x + Math.sqrt(terms(inner?.shape)) * largest(inner) * state;
  const before = sums + largest(weight("bias"));
  const bends = ["activation", "recurrent_activation"].map((name) => bendOf(property(config, name) ?? null, y));
  const slope = Math.max(...bends.map((bend) => bend.slope));
  const curvature = Math.max(...bends.map((bend) => bend.curvature));
  const steps = inputs[0]?.shape[1] ?? 1;
  const gates = kernel?.shape.at(-1) ?? 1;
  const taps = sizeOf(kernel?.shape.slice(0, -2) ?? []);
  const back = Math.sqrt(steps) * upstream * state * (slope + curvature * before);
  // Batch, steps and positions: outputs have either all steps or the last.
  const summed = steps * Math.max(...outputs.map(({ shape }) => sizeOf(shape) / (shape.at(-1) ?? 1)), 1);
  return {
    output: Math.sqrt(steps) * slope * state * before,
    input: Math.sqrt(taps * gates) * largest(kernel) * back,
    weight: (name) => Math.sqrt(summed) * back * (name === "bias" ? 1 : name === "kernel" ? x : state),
  };
};

/** Two of them; merging adds or multiplies their outputs. */
export const bidirectional: Rule = (facts) => {
  const inner = recurrent(insideOf(facts, "layer"));
  const product = property(facts.config, "merge_mode") === "mul";
  const factor = product ? 2 * Math.max(1, facts.y) : 2;
  return {
    output: typeof inner.output === "number" ? factor * inner.output : inner.output.map((noise) => factor * noise),
    input: factor * inner.input,
    weight: (name) => factor * (inner.weight?.(name) ?? 0),
  };
};
