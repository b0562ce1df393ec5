/** Input and weights of a workload: the same numbers for every contestant in every run. */
import { inputShape, sizeOf, type Workload, weightShapes } from "./workload.ts";

/** Row-major, channels last, weights shaped as in Keras. */
export interface Operands {
  readonly input: Float32Array;
  /** `[k…, channels, 1]` */
  readonly depthwiseKernel: Float32Array;
  /** `[1…, channels, filters]`, null for depthwise. */
  readonly pointwiseKernel: Float32Array | null;
  /** `[filters]` */
  readonly bias: Float32Array;
}

/** Uniform in [-1, 1); kernels are divided by the square root of the terms of a sum, so that outputs are about 1. */
export function makeOperands(workload: Workload): Operands {
  const random = uniform(seedOf(workload.name));
  const fill = (shape: readonly number[], terms: number): Float32Array =>
    Float32Array.from({ length: sizeOf(shape) }, () => random() / Math.sqrt(terms));
  const shapes = weightShapes(workload);
  const [depthwiseShape = []] = shapes;
  return {
    input: fill(inputShape(workload), 1),
    depthwiseKernel: fill(depthwiseShape, workload.kernelSize ** workload.spatial.length),
    pointwiseKernel: workload.kind === "separable" ? fill(shapes[1] ?? [], workload.channels) : null,
    bias: fill([workload.filters], 1),
  };
}

/** The weights in Keras's order. */
export function weightsOf({ depthwiseKernel, pointwiseKernel, bias }: Operands): Float32Array[] {
  return pointwiseKernel ? [depthwiseKernel, pointwiseKernel, bias] : [depthwiseKernel, bias];
}

/** FNV-1a over the UTF-16 units of the name. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Mulberry32, mapped to [-1, 1). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}
