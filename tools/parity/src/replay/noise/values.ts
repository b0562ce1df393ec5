/** Noise of `value` cases: activations by themselves, initializers, regularizers, constraints. */
import type { Arrays } from "../../suite/arrays.ts";
import { property, type ValueCase } from "../../suite/manifest.ts";
import { type NdArray, sizeOf } from "../../suite/nd-array.ts";
import { FUNCTION_NOISE, ONE_SIGN_NOISE } from "../agreement.ts";
import { largest, type Noise } from "./call-noise.ts";

/** Activations that look at a whole row of the last axis. */
const ROWWISE = ["softmax", "log_softmax", "sparsemax", "glu"];

export interface ValueNoise {
  readonly output: Noise;
  readonly gradient: Noise;
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

/** The largest magnitude of each row of the last axis, at each of its elements. */
export function perRow(array: NdArray, row: number): Float64Array {
  const scales = new Float64Array(array.data.length);
  for (let start = 0; start < scales.length; start += row) {
    scales.fill(largest({ shape: [row], data: array.data.subarray(start, start + row) }), start, start + row);
  }
  return scales;
}
