/** A graph as nested loops, in float64 or in float32: what every contestant must compute, and what float32 costs it. */
import { type Graph, type Node, shapeAt } from "../graph/graph.ts";
import { type Shape, sizeOf } from "../workloads/description.ts";
import { ACTIVATIONS, softmax } from "./activations.ts";
import { addScaled, addScaledRounded, dotProduct, dotProductRounded, roundingOf } from "./precision.ts";
import { convLoops, convTransposeLoops, poolLoops } from "./window-loops.ts";

/** `float32` rounds weights, and the result of each product and addition; numbers stand in float64 arrays all the same. */
export type Precision = "float64" | "float32";

/** The output, row-major, channels last. */
export function evaluate(graph: Graph, input: Float32Array, precision: Precision): Float64Array {
  const values: (Float64Array | null)[] = [new Float64Array(input)];
  const lastUse = lastUses(graph);
  for (const [i, node] of graph.nodes.entries()) {
    const inputs = node.inputs.map((value) => {
      const found = values[value];
      if (!found) throw new Error(`A value is used before it was made. Received: value=${value}`);
      return found;
    });
    const shapes = node.inputs.map((value) => shapeAt(graph, value));
    const rounded = precision === "float32";
    const out = evaluateNode(rounded ? withRoundedWeights(node) : node, inputs, shapes, rounded);
    values.push(rounded ? out.map(Math.fround) : out);
    for (const value of node.inputs) if (lastUse[value] === i) values[value] = null;
  }
  return values.at(-1) ?? new Float64Array(0);
}

function withRoundedWeights(node: Node): Node {
  if (node.kind === "affine")
    return { ...node, factor: node.factor.map(Math.fround), term: node.term.map(Math.fround) };
  if (!("kernel" in node)) return node;
  return { ...node, kernel: node.kernel.map(Math.fround), bias: node.bias?.map(Math.fround) ?? null };
}

function evaluateNode(
  node: Node,
  [x, ...others]: readonly Float64Array[],
  [shape = [], ...rest]: readonly Shape[],
  rounded: boolean,
): Float64Array {
  if (!x) throw new Error("A node has no input.");
  const out = new Float64Array(sizeOf(node.shape));
  const channels = node.shape.at(-1) ?? 1;
  switch (node.kind) {
    case "conv":
      convLoops(node, x, shape, out, rounded ? addScaledRounded : addScaled);
      return activated(withBias(out, node.bias, rounded), node.activation, channels);
    case "conv_transpose":
      convTransposeLoops(node, x, shape, out, rounded ? dotProductRounded : dotProduct);
      return activated(withBias(out, node.bias, rounded), node.activation, channels);
    case "dense":
      multiply(x, node.kernel, out, channels, rounded);
      return activated(withBias(out, node.bias, rounded), node.activation, channels);
    case "pool":
      poolLoops(node, x, shape, out, rounded);
      return out;
    case "global_mean":
      globalMean(x, shape, out, rounded);
      return out;
    case "binary":
      return combine(node.fn, x, shape, others[0] ?? x, rest[0] ?? shape, out);
    case "affine":
      return out.map((_, i) => (x[i] ?? 0) * (node.factor[i % channels] ?? 0) + (node.term[i % channels] ?? 0));
    case "activation":
      out.set(x);
      return activated(out, node.activation, channels);
    case "concat":
      return concat([x, ...others], [shape, ...rest], out);
    case "slice":
      return slice(x, shape, node, out);
    case "flatten":
      out.set(x);
      return out;
  }
}

function withBias(out: Float64Array, bias: Float64Array | null, rounded: boolean): Float64Array {
  const round = roundingOf(rounded);
  if (bias) for (let i = 0; i < out.length; i++) out[i] = round((out[i] ?? 0) + (bias[i % bias.length] ?? 0));
  return out;
}

function activated(
  out: Float64Array,
  activation: keyof typeof ACTIVATIONS | "softmax",
  channels: number,
): Float64Array {
  if (activation === "softmax") return softmax(out, channels);
  const fn = ACTIVATIONS[activation];
  if (activation !== "linear") for (let i = 0; i < out.length; i++) out[i] = fn(out[i] ?? 0);
  return out;
}

/** `[rows, inner] · [inner, columns]` */
function multiply(x: Float64Array, kernel: Float64Array, out: Float64Array, columns: number, rounded: boolean): void {
  const inner = kernel.length / columns;
  const add = rounded ? addScaledRounded : addScaled;
  for (let row = 0; row < out.length / columns; row++)
    for (let k = 0; k < inner; k++) add(out, row * columns, x[row * inner + k] ?? 0, kernel, k * columns, columns);
}

function globalMean(x: Float64Array, shape: Shape, out: Float64Array, rounded: boolean): void {
  const channels = shape.at(-1) ?? 1;
  const positions = sizeOf(shape.slice(1, -1));
  const round = roundingOf(rounded);
  for (let i = 0; i < x.length; i++) {
    const o = Math.floor(i / (positions * channels)) * channels + (i % channels);
    out[o] = round((out[o] ?? 0) + (x[i] ?? 0));
  }
  for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) / positions;
}

/** Equal shapes, or a second value with one position for all. */
function combine(
  fn: "add" | "multiply",
  x: Float64Array,
  shape: Shape,
  y: Float64Array,
  other: Shape,
  out: Float64Array,
): Float64Array {
  const channels = shape.at(-1) ?? 1;
  const perSample = sizeOf(shape.slice(1));
  const whole = sizeOf(shape) === sizeOf(other);
  for (let i = 0; i < out.length; i++) {
    const j = whole ? i : Math.floor(i / perSample) * channels + (i % channels);
    out[i] = fn === "add" ? (x[i] ?? 0) + (y[j] ?? 0) : (x[i] ?? 0) * (y[j] ?? 0);
  }
  return out;
}

function concat(parts: readonly Float64Array[], shapes: readonly Shape[], out: Float64Array): Float64Array {
  const widths = shapes.map((shape) => shape.at(-1) ?? 1);
  const width = widths.reduce((sum, n) => sum + n, 0);
  let offset = 0;
  for (const [p, part] of parts.entries()) {
    const own = widths[p] ?? 1;
    for (let i = 0; i < part.length; i++) out[Math.floor(i / own) * width + offset + (i % own)] = part[i] ?? 0;
    offset += own;
  }
  return out;
}

function slice(
  x: Float64Array,
  shape: Shape,
  { axis, begin, count }: { axis: number; begin: number; count: number },
  out: Float64Array,
): Float64Array {
  const inner = sizeOf(shape.slice(axis + 1));
  const size = shape[axis] ?? 1;
  for (let i = 0; i < out.length; i++) {
    const block = Math.floor(i / (count * inner));
    out[i] = x[(block * size + begin) * inner + (i % (count * inner))] ?? 0;
  }
  return out;
}

/** For each value the last node that takes it. */
function lastUses({ nodes }: Graph): number[] {
  const last: number[] = [];
  for (const [i, { inputs }] of nodes.entries()) for (const value of inputs) last[value] = i;
  return last;
}
