/** Convolutions and Dense: one or two weighted sums, a bias, an activation. */
import { type Json, property } from "../../suite/manifest.ts";
import { type NdArray, sizeOf } from "../../suite/nd-array.ts";
import { bendOf, type Facts, largest, type Rule } from "./call-noise.ts";

/** One linear stage: the scale of its weights, and the terms of one output's sum and of one input's derivative. */
interface Link {
  readonly name: string;
  readonly scale: number;
  readonly forward: number;
  readonly backward: number;
}

type Inputs = "per group" | "one" | "transposed";

export const depthwise: Rule = (facts) => linear(facts, [["kernel", "one"]]);
export const separable: Rule = (facts) =>
  linear(facts, [
    ["depthwise_kernel", "one"],
    ["pointwise_kernel", "per group"],
  ]);
export const transposed: Rule = (facts) => linear(facts, [["kernel", "transposed"]]);
export const dense: Rule = (facts) => linear(facts, [["kernel", "per group"]]);

function linear(facts: Facts, stages: readonly (readonly [string, Inputs])[]): ReturnType<Rule> {
  const { config, x, y, upstream } = facts;
  const chain = stages.map(([name, inputs]) => linkOf(facts, name, inputs));
  const bend = bendOf(property(config, "activation") ?? null, y);
  const shape = facts.outputs[0]?.shape ?? [];
  const channels = property(config, "data_format") === "channels_first" ? shape[1] : shape.at(-1);
  const summed = sizeOf(shape) / Math.max(1, channels ?? 1); // batch · output positions: the length of a weight gradient's sum
  const magnitude = chain.reduce((product, link) => product * Math.sqrt(link.forward) * link.scale, 1);
  const before = magnitude * x + largest(facts.weight("bias")); // what reaches the activation
  const back = upstream * (bend.slope + bend.curvature * before); // what comes back through it
  const backward = chain.reduce((product, link) => product * Math.sqrt(link.backward) * link.scale, 1);
  const others = (name: string) => {
    const mine = chain.findIndex((link) => link.name === name);
    return chain.reduce(
      (product, link, i) =>
        i === mine ? product : product * Math.sqrt(i < mine ? link.forward : link.backward) * link.scale,
      1,
    );
  };
  const weight = (name: string) => Math.sqrt(summed) * back * (name === "bias" ? 1 : others(name) * Math.max(x, 1e-30));
  return {
    output: bend.slope * before,
    input: backward * back,
    weight: (name) => {
      const lora = loraOf(facts);
      // A factor of the low-rank product: the kernel's derivative, summed over what the other factor maps to.
      if (lora && name.startsWith("lora_kernel")) {
        const other = name.endsWith("_a") ? lora.b : lora.a;
        return weight("kernel") * lora.factor * largest(other) * Math.sqrt(sizeOf(other.shape) / lora.rank);
      }
      return weight(name);
    },
  };
}

function linkOf(facts: Facts, name: string, inputs: Inputs): Link {
  const array: NdArray = facts.weight(name) ?? { shape: [], data: new Float32Array(0) };
  const lora = loraOf(facts);
  const scale = largest(array) + (lora ? lora.factor * lora.rank * largest(lora.a) * largest(lora.b) : 0);
  const [a = 1, b = 1] = array.shape.slice(-2);
  const taps = sizeOf(array.shape.slice(0, -2));
  const groups = Number(property(facts.config, "groups") ?? 1);
  if (inputs === "one") return { name, scale, forward: taps, backward: taps * b }; // [taps, channels, multiplier]
  if (inputs === "transposed") return { name, scale, forward: taps * b, backward: taps * a }; // [taps, filters, channels]
  return { name, scale, forward: taps * a, backward: (taps * b) / groups }; // [taps, channels / groups, filters]
}

interface Lora {
  readonly a: NdArray;
  readonly b: NdArray;
  readonly rank: number;
  /** alpha / rank. */
  readonly factor: number;
}

function loraOf({ config, weight }: Facts): Lora | null {
  const [a, b] = [weight("lora_kernel_a"), weight("lora_kernel_b")];
  if (!a || !b) return null;
  const size = (value: Json | undefined, otherwise: number) => (typeof value === "number" ? value : otherwise);
  const rank = size(property(config, "lora_rank"), 1);
  return { a, b, rank, factor: size(property(config, "lora_alpha"), rank) / rank };
}
