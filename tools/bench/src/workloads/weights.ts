/** Input and weights of a workload: the same numbers for every contestant in every run. */
import { type Description, type LayerCall, type Shape, shapeOf, sizeOf } from "./description.ts";
import type { Workload } from "./workload.ts";

/** A weight as Keras has it. */
export interface Weight {
  readonly shape: Shape;
  readonly values: Float32Array;
}

/** What all contestants are given. */
export interface Operands {
  /** Row-major, channels last. */
  readonly input: Float32Array;
  /** For each call its layer's weights, in Keras's order. */
  readonly weights: readonly (readonly Weight[])[];
}

/** Each made from a seed of its own, so that a part of them does not depend on the rest. */
export function makeOperands({ name, description }: Pick<Workload, "name" | "description">): Operands {
  const range = description.calls[0]?.layer === "Rescaling" ? PIXELS : SIGNAL;
  const input = fill(description.inputShape, range, `${name} input`);
  const weights = description.calls.map((call, i) =>
    weightSpecs(description, call).map((spec, j) => ({
      shape: spec.shape,
      values: fill(spec.shape, spec.range, `${name} ${i} ${j}`),
    })),
  );
  return { input, weights };
}

/** Uniform. */
interface Range {
  readonly low: number;
  readonly high: number;
}

interface WeightSpec {
  readonly shape: Shape;
  readonly range: Range;
}

const SIGNAL: Range = { low: -1, high: 1 };
/** What models take that rescale their input. */
const PIXELS: Range = { low: 0, high: 255 };
/** About what training leaves behind. */
const BIAS: Range = { low: -0.2, high: 0.2 };
const GAMMA: Range = { low: 0.5, high: 1.5 };
const VARIANCE: Range = { low: 0.5, high: 1.5 };

/** Shapes in Keras's order. */
function weightSpecs(description: Description, call: LayerCall): WeightSpec[] {
  const channels = shapeOf(description, call.inputs[0] ?? 0).at(-1) ?? 1;
  const filters = call.shape.at(-1) ?? 1;
  const gain = gainOf(description, call);
  switch (call.layer) {
    case "Conv1D":
    case "Conv2D":
    case "Conv3D":
      return withBias(call.config, filters, kernel([...call.config.kernel_size, channels, filters], -1, gain));
    case "Conv1DTranspose":
    case "Conv2DTranspose":
      return withBias(call.config, filters, kernel([...call.config.kernel_size, filters, channels], -2, gain));
    case "DepthwiseConv1D":
    case "DepthwiseConv2D":
      return withBias(
        call.config,
        filters,
        depthwiseKernel(call.config.kernel_size, channels, filters / channels, gain),
      );
    case "SeparableConv1D":
    case "SeparableConv2D": {
      const pointwise = kernel([...call.config.kernel_size.map(() => 1), channels, filters], -1, 1);
      return withBias(call.config, filters, depthwiseKernel(call.config.kernel_size, channels, 1, gain), pointwise);
    }
    case "ConvLSTM2D": {
      const size = call.config.kernel_size;
      return withBias(
        call.config,
        4 * filters,
        kernel([...size, channels, 4 * filters], -1, gain),
        kernel([...size, filters, 4 * filters], -1, gain),
      );
    }
    case "Dense":
      return withBias({}, filters, kernel([channels, filters], -1, gain));
    case "BatchNormalization":
      return [GAMMA, BIAS, BIAS, VARIANCE].map((range) => ({ shape: [channels], range }));
    default:
      return [];
  }
}

function withBias(
  { use_bias }: { readonly use_bias?: boolean },
  filters: number,
  ...kernels: WeightSpec[]
): WeightSpec[] {
  return use_bias === false ? kernels : [...kernels, { shape: [filters], range: BIAS }];
}

/**
 * What keeps the size of numbers through a deep model: 2 (He) behind what an activation or a gate has halved, else 1 (LeCun).
 * Without it rounding errors would grow with the numbers, and comparing outputs would say little.
 */
function gainOf({ calls }: Description, { inputs }: LayerCall): number {
  const made = calls[(inputs[0] ?? 0) - 1];
  return made?.layer === "Activation" || made?.layer === "Multiply" ? 2 : 1;
}

/** Uniform with a variance of gain / terms of a sum. `outputs` is the axis of the output channels. */
function kernel(shape: Shape, outputs: -1 | -2, gain: number): WeightSpec {
  const terms = sizeOf(shape) / (shape.at(outputs) ?? 1);
  return { shape, range: symmetric(Math.sqrt((3 * gain) / terms)) };
}

function depthwiseKernel(size: Shape, channels: number, multiplier: number, gain: number): WeightSpec {
  return { shape: [...size, channels, multiplier], range: symmetric(Math.sqrt((3 * gain) / sizeOf(size))) };
}

function symmetric(high: number): Range {
  return { low: -high, high };
}

function fill(shape: Shape, { low, high }: Range, seed: string): Float32Array {
  const random = uniform(seedOf(seed));
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = low + (high - low) * random();
  return values;
}

/** FNV-1a over the UTF-16 units of the text. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Mulberry32, in [0, 1). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
