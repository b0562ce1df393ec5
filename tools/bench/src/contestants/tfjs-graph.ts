/**
 * A graph on tfjs as its best case: input and weights are tensors, and each node is the fused op, called without a layer around it.
 * 1-D work is a 4-D tensor of height 1, as `tf.conv1d` makes it.
 */
import * as tf from "@tensorflow/tfjs-core";
import { type Graph, type Node, type Pads, shapeAt } from "../graph/graph.ts";
import type { Activation, Shape } from "../workloads/description.ts";

/** From the values of a node's inputs to its value; frees what it makes in between. */
type Step = (inputs: readonly tf.Tensor[]) => tf.Tensor;

export interface TfjsGraph {
  /** The result is the caller's. */
  run(input: tf.Tensor): tf.Tensor;
  dispose(): void;
}

/** Where weights are kept until the graph is disposed. */
type Keep = <T extends tf.Tensor>(tensor: T) => T;

export function compileTfjs(graph: Graph): TfjsGraph {
  const kept: tf.Tensor[] = [];
  const keep: Keep = (tensor) => {
    kept.push(tensor);
    return tensor;
  };
  const steps = graph.nodes.map((node) => stepOf(graph, node, keep));
  const frees = graph.nodes.map((node, i) =>
    node.inputs.filter((value, j) => value > 0 && node.inputs.indexOf(value) === j && lastUse(graph, value) === i),
  );
  return {
    run(input) {
      const values: tf.Tensor[] = [input];
      for (const [i, step] of steps.entries()) {
        values.push(step((graph.nodes[i]?.inputs ?? []).map((value) => at(values, value))));
        for (const value of frees[i] ?? []) at(values, value).dispose();
      }
      return at(values, steps.length);
    },
    dispose: () => tf.dispose(kept),
  };
}

/** With a height of 1 where there is one spatial axis. */
export function liftedShape(shape: Shape): number[] {
  return shape.length === 3 ? [...shape.slice(0, 1), 1, ...shape.slice(1)] : [...shape];
}

function stepOf(graph: Graph, node: Node, keep: Keep): Step {
  const shape = shapeAt(graph, node.inputs[0] ?? 0);
  switch (node.kind) {
    case "conv":
      return convStep(node, shape, keep);
    case "conv_transpose":
      return convTransposeStep(node, keep);
    case "dense": {
      const units = node.shape.at(-1) ?? 1;
      const b = keep(tf.tensor2d(Float32Array.from(node.kernel), [node.kernel.length / units, units]));
      const bias = node.bias ? keep(tf.tensor1d(Float32Array.from(node.bias))) : undefined;
      const { fused, rest } = splitActivation(node.activation);
      return ([a]) =>
        after(tf.fused.matMul({ a: of<tf.Tensor2D>(a), b, ...(bias ? { bias } : {}), activation: fused }), rest);
    }
    case "pool": {
      const [size, strides] = [pair(node.size, 1), pair(node.strides, 1)];
      const pad = padding(node.pads);
      return node.fn === "max"
        ? ([x]) => tf.maxPool(of<tf.Tensor4D>(x), size, strides, pad)
        : ([x]) => tf.avgPool(of<tf.Tensor4D>(x), size, strides, pad);
    }
    case "global_mean":
      return ([x]) => tf.mean(of(x), [1, 2], node.keepdims);
    case "binary":
      return node.fn === "add" ? ([a, b]) => tf.add(of(a), of(b)) : ([a, b]) => tf.mul(of(a), of(b));
    case "affine": {
      const [factor, term] = [node.factor, node.term].map((values) => keep(tf.tensor1d(Float32Array.from(values))));
      return ([x]) => freeing(tf.mul(of(x), of(factor)), (scaled) => tf.add(scaled, of(term)));
    }
    case "activation":
      return ([x]) => activate(of(x), node.activation);
    case "concat":
      return (parts) => tf.concat([...parts], -1);
    case "slice":
      return sliceStep(node, shape);
    case "flatten":
      return ([x]) => tf.reshape(of(x), [...node.shape]);
  }
}

function convStep(node: Node & { kind: "conv" }, shape: Shape, keep: Keep): Step {
  const channels = shape.at(-1) ?? 1;
  const bias = node.bias ? { bias: keep(tf.tensor1d(Float32Array.from(node.bias))) } : {};
  const { fused: activation, rest } = splitActivation(node.activation);
  const kernel = Float32Array.from(node.kernel);
  const outputs = node.shape.at(-1) ?? 1;
  if (node.size.length === 3)
    return conv3dStep(node, keep(tf.tensor5d(kernel, [...triple(node.size), channels, outputs])), bias.bias);
  const common = { strides: pair(node.strides, 1), dilations: pair(node.dilations, 1), ...bias, activation };
  const pads = padding(node.pads);
  if (node.groups > 1) {
    if (node.groups !== channels) throw new Error("tfjs has no grouped convolution.");
    const filter = keep(tf.tensor4d(kernel, [...pair(node.size, 1), channels, outputs / channels]));
    return ([x]) => after(tf.fused.depthwiseConv2d(withPads({ x: of<tf.Tensor4D>(x), filter, ...common }, pads)), rest);
  }
  const filter = keep(tf.tensor4d(kernel, [...pair(node.size, 1), channels, outputs]));
  return ([x]) => after(tf.fused.conv2d(withPads({ x: of<tf.Tensor4D>(x), filter, ...common }, pads)), rest);
}

/** Fused ops take counts as the plain ones do, but their types do not say so. */
function withPads<T extends object>(args: T, pads: ReturnType<typeof padding>): T & { readonly pad: "valid" } {
  return Object.assign<T & { readonly pad: "valid" }, object>({ ...args, pad: "valid" }, { pad: pads });
}

/** Three axes have no fused op, and padding by name only. */
function conv3dStep(node: Node & { kind: "conv" }, filter: tf.Tensor5D, bias: tf.Tensor1D | undefined): Step {
  const pad = isSame(node) ? "same" : "valid";
  if (pad === "valid" && node.pads.some(([before, after]) => before + after > 0))
    throw new Error("tfjs's conv3d has no explicit padding.");
  return ([x]) => {
    let y: tf.Tensor = tf.conv3d(of<tf.Tensor5D>(x), filter, triple(node.strides), pad);
    if (bias) y = freeing(y, (sum) => tf.add(sum, bias));
    return after(y, node.activation);
  };
}

function convTransposeStep(node: Node & { kind: "conv_transpose" }, keep: Keep): Step {
  const outputs = node.shape.at(-1) ?? 1;
  const channels = node.kernel.length / outputs / node.size.reduce((n, k) => n * k, 1);
  const filter = keep(tf.tensor4d(Float32Array.from(node.kernel), [...pair(node.size, 1), outputs, channels]));
  const bias = node.bias ? keep(tf.tensor1d(Float32Array.from(node.bias))) : null;
  const [n = 1, h = 1, w = 1, c = 1] = liftedShape(node.shape);
  return ([x]) => {
    let y: tf.Tensor = tf.conv2dTranspose(
      of<tf.Tensor4D>(x),
      filter,
      [n, h, w, c],
      pair(node.strides, 1),
      padding(node.pads),
    );
    if (bias) y = freeing(y, (sum) => tf.add(sum, bias));
    return after(y, node.activation);
  };
}

function sliceStep({ axis, begin, count, squeeze }: Node & { kind: "slice" }, shape: Shape): Step {
  if (shape.length === 3) throw new Error("Slices of one-dimensional work are not written.");
  const begins = shape.map((_, i) => (i === axis ? begin : 0));
  const sizes = shape.map((size, i) => (i === axis ? count : size));
  return ([x]) => {
    const part = tf.slice(of(x), begins, sizes);
    return squeeze ? freeing(part, (kept) => tf.squeeze(kept, [axis])) : part;
  };
}

/** What fused ops take, and what follows them. */
function splitActivation(activation: Activation): {
  fused: "linear" | "relu" | "relu6" | "elu" | "sigmoid";
  rest: Activation;
} {
  switch (activation) {
    case "relu":
    case "relu6":
    case "elu":
    case "sigmoid":
      return { fused: activation, rest: "linear" };
    default:
      return { fused: "linear", rest: activation };
  }
}

function after(value: tf.Tensor, activation: Activation): tf.Tensor {
  return activation === "linear" ? value : freeing(value, (x) => activate(x, activation));
}

function activate(x: tf.Tensor, activation: Activation): tf.Tensor {
  switch (activation) {
    case "linear":
      return tf.clone(x);
    case "silu":
      return freeing(tf.sigmoid(x), (gate) => tf.mul(x, gate));
    case "hard_sigmoid":
      return hardSigmoid(x);
    case "hard_silu":
      return freeing(hardSigmoid(x), (gate) => tf.mul(x, gate));
    default:
      return ACTIVATIONS[activation](x);
  }
}

const ACTIVATIONS = {
  elu: tf.elu,
  relu: tf.relu,
  relu6: tf.relu6,
  sigmoid: tf.sigmoid,
  softmax: tf.softmax,
  tanh: tf.tanh,
};

function hardSigmoid(x: tf.Tensor): tf.Tensor {
  return freeing(freeing(tf.add(x, 3), tf.relu6), (y) => tf.div(y, 6));
}

function freeing(value: tf.Tensor, use: (value: tf.Tensor) => tf.Tensor): tf.Tensor {
  const made = use(value);
  value.dispose();
  return made;
}

function isSame({ size, strides, pads }: Node & { kind: "conv" }): boolean {
  return pads.every(([before, after], i) => strides[i] === 1 && before + after === (size[i] ?? 1) - 1);
}

/** Explicit counts for height and width. */
function padding(pads: Pads): [[number, number], [number, number], [number, number], [number, number]] {
  const [height = [0, 0], width = [0, 0]] = pads.length === 1 ? [[0, 0] as const, ...pads] : pads;
  return [[0, 0], [...height], [...width], [0, 0]];
}

function pair(numbers: readonly number[], filler: number): [number, number] {
  const [a = filler, b = filler] = numbers.length === 1 ? [filler, ...numbers] : numbers;
  return [a, b];
}

function triple([a = 1, b = 1, c = 1]: readonly number[]): [number, number, number] {
  return [a, b, c];
}

function of<T extends tf.Tensor>(value: tf.Tensor | undefined): T {
  if (!value) throw new Error("A value is missing.");
  return value as T;
}

function at(values: readonly tf.Tensor[], index: number): tf.Tensor {
  return of(values[index]);
}

function lastUse({ nodes }: Graph, value: number): number {
  return nodes.findLastIndex(({ inputs }) => inputs.includes(value));
}
