/**
 * A workload as plain ops, the form in which a converter hands a Keras model to other libraries: BatchNormalization folded into the
 * convolution before it, padding as counts, activations on the op that makes their input. Channels last; weights in float64.
 */
import type { Activation, Shape } from "../workloads/description.ts";

/** One row a spatial axis: counts of zeros before and after (for `conv_transpose`: what is cut off the full result). */
export type Pads = readonly (readonly [before: number, after: number])[];

export interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly pads: Pads;
}

export type Op =
  | (Window & {
      readonly kind: "conv";
      readonly dilations: readonly number[];
      readonly groups: number;
      /** `[…size, input channels / groups, output channels]` */
      readonly kernel: Float64Array;
      readonly bias: Float64Array | null;
      readonly activation: Activation;
    })
  | (Window & {
      readonly kind: "conv_transpose";
      /** `[…size, output channels, input channels]` */
      readonly kernel: Float64Array;
      readonly bias: Float64Array | null;
      readonly activation: Activation;
    })
  | {
      readonly kind: "dense";
      /** `[input features, units]` */
      readonly kernel: Float64Array;
      readonly bias: Float64Array | null;
      readonly activation: Activation;
    }
  | (Window & { readonly kind: "pool"; readonly fn: "max" | "mean" })
  | { readonly kind: "global_mean"; readonly keepdims: boolean }
  | { readonly kind: "binary"; readonly fn: "add" | "multiply" }
  /** `x · factor + term`, a number a channel. */
  | { readonly kind: "affine"; readonly factor: Float64Array; readonly term: Float64Array }
  | { readonly kind: "activation"; readonly activation: Activation }
  | { readonly kind: "concat" }
  /** Along an axis of the channels-last shape; `squeeze` drops the axis, of which one is taken then. */
  | {
      readonly kind: "slice";
      readonly axis: number;
      readonly begin: number;
      readonly count: number;
      readonly squeeze: boolean;
    }
  /** All but the batch into one axis, in channels-last order. */
  | { readonly kind: "flatten" };

export type Node = Op & {
  /** Numbers of values: 0 is the input, `i + 1` what node `i` made. */
  readonly inputs: readonly number[];
  readonly shape: Shape;
};

export interface Graph {
  readonly inputShape: Shape;
  /** The output is what the last one made. */
  readonly nodes: readonly Node[];
}

export function shapeAt({ inputShape, nodes }: Graph, value: number): Shape {
  return value === 0 ? inputShape : (nodes[value - 1]?.shape ?? []);
}

/** Multiplications and additions of one sum each, over all nodes. */
export function countMacs(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + macsOf(graph, node), 0);
}

/** Of ops that add up products; 0 for the others. */
export function macsOf(graph: Graph, node: Node): number {
  const product = (shape: Shape): number => shape.reduce((size, n) => size * n, 1);
  const channels = node.shape.at(-1) ?? 1;
  if (node.kind === "conv" || node.kind === "dense") return product(node.shape) * (node.kernel.length / channels);
  if (node.kind !== "conv_transpose") return 0;
  const input = shapeAt(graph, node.inputs[0] ?? 0);
  return product(input) * (node.kernel.length / (input.at(-1) ?? 1));
}
