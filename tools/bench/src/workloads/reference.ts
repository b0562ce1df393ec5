/** What every contestant must compute: the layers as nested loops in float64. */
import type { Operands } from "./operands.ts";
import { geometryOf, type Workload } from "./workload.ts";

/** Channels last. */
export interface Reference {
  readonly values: Float64Array;
  /** The largest sum of absolute terms over all outputs: what rounding errors are measured against. */
  readonly magnitude: number;
}

/** How far an output of float32 arithmetic may be from the reference. */
export interface Comparison {
  /** Largest absolute difference; NaN where the output has NaN, Infinity where its length is wrong. */
  readonly maxError: number;
  readonly agrees: boolean;
}

/**
 * 16 units of float32 rounding of the largest sum of absolute terms. Rounding errors of n terms in random order are
 * about √n / 3 units of the partial sums, which are far below the sum of absolutes: no correct kernel comes near it,
 * and a missing tap or an exchanged weight is thousands of times larger.
 */
const TOLERANCE = 16 * 2 ** -24;

export function computeReference(workload: Workload, operands: Operands): Reference {
  const { values, magnitudes } = depthwiseConv(workload, operands);
  const sums = operands.pointwiseKernel
    ? pointwiseConv(workload, operands.pointwiseKernel, values, magnitudes)
    : { values, magnitudes };
  let magnitude = 0;
  for (let i = 0; i < sums.values.length; i++) {
    const bias = operands.bias[i % workload.filters] ?? 0;
    sums.values[i] = Math.max((sums.values[i] ?? 0) + bias, 0);
    magnitude = Math.max(magnitude, (sums.magnitudes[i] ?? 0) + Math.abs(bias));
  }
  return { values: sums.values, magnitude };
}

/** Compares a contestant's output, channels last. */
export function compare(output: Float32Array, reference: Reference): Comparison {
  if (output.length !== reference.values.length) return { maxError: Number.POSITIVE_INFINITY, agrees: false };
  let maxError = 0;
  for (let i = 0; i < output.length; i++) {
    const error = Math.abs((output[i] ?? 0) - (reference.values[i] ?? 0));
    if (!(error <= maxError)) maxError = error;
    if (Number.isNaN(error)) break;
  }
  return { maxError, agrees: maxError <= TOLERANCE * reference.magnitude };
}

interface Sums {
  readonly values: Float64Array;
  /** The same sums over absolute values of the terms. */
  readonly magnitudes: Float64Array;
}

function depthwiseConv(workload: Workload, { input, depthwiseKernel }: Operands): Sums {
  const g = geometryOf(workload);
  const c = workload.channels;
  const values = new Float64Array(g.outHeight * g.outWidth * c);
  const magnitudes = new Float64Array(values.length);
  for (let oh = 0; oh < g.outHeight; oh++)
    for (let ow = 0; ow < g.outWidth; ow++)
      for (let kh = 0; kh < g.kernelHeight; kh++)
        for (let kw = 0; kw < g.kernelWidth; kw++) {
          const ih = oh * g.strideHeight + kh - g.padTop;
          const iw = ow * g.strideWidth + kw - g.padLeft;
          if (ih < 0 || ih >= g.height || iw < 0 || iw >= g.width) continue;
          for (let channel = 0; channel < c; channel++) {
            const x = input[(ih * g.width + iw) * c + channel] ?? 0;
            const w = depthwiseKernel[(kh * g.kernelWidth + kw) * c + channel] ?? 0;
            const o = (oh * g.outWidth + ow) * c + channel;
            values[o] = (values[o] ?? 0) + x * w;
            magnitudes[o] = (magnitudes[o] ?? 0) + Math.abs(x * w);
          }
        }
  return { values, magnitudes };
}

function pointwiseConv(
  { channels, filters }: Workload,
  kernel: Float32Array,
  input: Float64Array,
  inputMagnitudes: Float64Array,
): Sums {
  const positions = input.length / channels;
  const values = new Float64Array(positions * filters);
  const magnitudes = new Float64Array(values.length);
  for (let position = 0; position < positions; position++)
    for (let ic = 0; ic < channels; ic++)
      for (let oc = 0; oc < filters; oc++) {
        const w = kernel[ic * filters + oc] ?? 0;
        const o = position * filters + oc;
        values[o] = (values[o] ?? 0) + (input[position * channels + ic] ?? 0) * w;
        magnitudes[o] = (magnitudes[o] ?? 0) + (inputMagnitudes[position * channels + ic] ?? 0) * Math.abs(w);
      }
  return { values, magnitudes };
}
