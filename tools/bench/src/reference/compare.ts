/** Compares what contestants computed with the reference, before anything is timed. */
import { countMacs, type Graph } from "../graph/graph.ts";
import { evaluate } from "./evaluate.ts";

/** Channels last. */
export interface Reference {
  readonly values: Float64Array | Float32Array;
  /** How far an output of float32 arithmetic may be from it. */
  readonly tolerance: number;
  /** What computed it. */
  readonly source: string;
}

export interface Comparison {
  /** Largest absolute difference; NaN where the output has NaN, Infinity where its length is wrong. */
  readonly maxError: number;
  readonly agrees: boolean;
}

/**
 * The loops run twice, in float64 and in float32. What the second is off by is what float32 arithmetic costs this workload, however
 * deep it is; other orders of summation and Winograd's transforms stay within a few times that. Eight times is allowed, and at least
 * 64 units of float32 rounding of the largest output, for workloads with so few outputs that the loops may be right by luck.
 * A missing tap or an exchanged weight is thousands of times larger.
 */
const TOLERANCE = 8;
const FLOOR = 64 * 2 ** -24;

/** Products of a graph for which the loops (about 5 · 10⁸ a second, twice) take ten seconds. */
const MOST_MACS = 2.5e9;

export const LOOPS = "float64 loops";

/** Whether the loops take too long for this graph. */
export function isTooLong(graph: Graph): boolean {
  return countMacs(graph) > MOST_MACS;
}

export function computeReference(graph: Graph, input: Float32Array): Reference {
  const values = evaluate(graph, input, "float64");
  const rounded = evaluate(graph, input, "float32");
  const cost = largestDifference(rounded, values);
  return { values, tolerance: Math.max(TOLERANCE * cost, FLOOR * largest(values)), source: LOOPS };
}

/** What another library computed in float32 as the reference; both sides round then, a graph's depth is not known: 2⁻¹⁴ of the largest output. */
export function referenceOf(values: Float32Array, source: string): Reference {
  return { values, tolerance: 2 ** -14 * largest(values), source };
}

/** Compares a contestant's output, channels last. */
export function compare(output: Float32Array, { values, tolerance }: Reference): Comparison {
  if (output.length !== values.length) return { maxError: Number.POSITIVE_INFINITY, agrees: false };
  const maxError = largestDifference(output, values);
  return { maxError, agrees: maxError <= tolerance };
}

function largestDifference(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    if (Number.isNaN(difference)) return difference;
    if (difference > most) most = difference;
  }
  return most;
}

function largest(values: Float32Array | Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
