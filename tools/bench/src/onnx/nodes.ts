/** What ONNX operators a node of a graph becomes. */
import { channelsFirstAxis } from "../graph/channels-first.ts";
import { channelsFirstGradientKernel, channelsFirstKernel } from "../graph/channels-first-kernels.ts";
import { type Graph, type Node, shapeAt, type Window } from "../graph/graph.ts";
import type { Activation, Shape } from "../workloads/description.ts";
import { type Attribute, int, ints } from "./attribute.ts";

export const INPUT = "x";
export const OUTPUT = "y";

export interface OnnxNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export interface Initializer {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float32Array | BigInt64Array;
}

interface Encoded {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
}

/** Collects what one node becomes; its own values are called after its number. */
class Encoder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  weight(name: string, shape: Shape, values: Float64Array): string {
    return this.#initializer({ name: `${this.#prefix}_${name}`, shape, values: Float32Array.from(values) });
  }

  numbers(name: string, values: readonly number[]): string {
    const integers = BigInt64Array.from(values, BigInt);
    return this.#initializer({ name: `${this.#prefix}_${name}`, shape: [values.length], values: integers });
  }

  node(
    operation: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    this.nodes.push({ operation, inputs, output, attributes });
    return output;
  }

  /** The name of a value between the operators of this node. */
  between(name: string): string {
    return `${this.#prefix}_${name}`;
  }

  #initializer(initializer: Initializer): string {
    this.initializers.push(initializer);
    return initializer.name;
  }
}

export function encodeNode(graph: Graph, index: number): Encoded {
  const node = graph.nodes[index];
  if (!node) throw new RangeError(`There is no such node. Received: index=${index}`);
  const nameOf = (value: number): string => (value === 0 ? INPUT : value === graph.nodes.length ? OUTPUT : `v${value}`);
  const encoder = new Encoder(`n${index + 1}`);
  const inputs = node.inputs.map(nameOf);
  const shapes = node.inputs.map((value) => shapeAt(graph, value));
  const output = nameOf(index + 1);
  const activation = "activation" in node ? node.activation : "linear";
  const plain = activation === "linear" ? output : encoder.between("linear");
  if (node.kind === "activation") encodeActivation(encoder, activation, inputs[0] ?? "", output);
  else {
    encodeOp(encoder, node, inputs, shapes, plain);
    if (plain !== output) encodeActivation(encoder, activation, plain, output);
  }
  return encoder;
}

function encodeOp(
  to: Encoder,
  node: Node,
  inputs: readonly string[],
  [shape = []]: readonly Shape[],
  output: string,
): void {
  const [x = ""] = inputs;
  const rank = shape.length;
  const perChannel = [1, -1, ...shape.slice(1, -1).map(() => 1)].slice(0, rank);
  switch (node.kind) {
    case "conv":
    case "conv_transpose":
      encodeConv(to, node, x, shape.at(-1) ?? 1, output);
      return;
    case "dense": {
      const units = node.shape.at(-1) ?? 1;
      const kernel = to.weight("kernel", [node.kernel.length / units, units], node.kernel);
      const bias = node.bias ? [to.weight("bias", [units], node.bias)] : [];
      to.node("Gemm", [x, kernel, ...bias], output);
      return;
    }
    case "pool":
      to.node(node.fn === "max" ? "MaxPool" : "AveragePool", [x], output, windowAttributes(node));
      return;
    case "global_mean":
      if (node.keepdims) to.node("GlobalAveragePool", [x], output);
      else to.node("Flatten", [to.node("GlobalAveragePool", [x], to.between("pooled"))], output);
      return;
    case "binary":
      to.node(node.fn === "add" ? "Add" : "Mul", inputs, output);
      return;
    case "affine": {
      const sizes = perChannel.map((size) => (size === -1 ? node.factor.length : size));
      const factor = to.weight("factor", sizes, node.factor);
      const scaled = to.node("Mul", [x, factor], to.between("scaled"));
      to.node("Add", [scaled, to.weight("term", sizes, node.term)], output);
      return;
    }
    case "concat":
      to.node("Concat", inputs, output, { axis: int(1) });
      return;
    case "slice":
      encodeSlice(to, node, x, rank, output);
      return;
    case "flatten": {
      const lastFirst = [0, ...shape.slice(2).map((_, i) => i + 2), 1];
      const last = to.node("Transpose", [x], to.between("last"), { perm: ints(lastFirst.slice(0, rank)) });
      to.node("Flatten", [last], output);
      return;
    }
    case "activation":
      return;
  }
}

function encodeConv(
  to: Encoder,
  node: Node & { kind: "conv" | "conv_transpose" },
  x: string,
  channels: number,
  output: string,
): void {
  const outputs = node.shape.at(-1) ?? 1;
  const bias = node.bias ? [to.weight("bias", [outputs], node.bias)] : [];
  if (node.kind === "conv") {
    const shape = [outputs, channels / node.groups, ...node.size];
    const kernel = to.weight("kernel", shape, channelsFirstKernel(node, channels));
    const attributes = { ...windowAttributes(node), dilations: ints(node.dilations), group: int(node.groups) };
    to.node("Conv", [x, kernel, ...bias], output, attributes);
    return;
  }
  const shape = [channels, outputs, ...node.size];
  const kernel = to.weight("kernel", shape, channelsFirstGradientKernel(node, channels));
  to.node("ConvTranspose", [x, kernel, ...bias], output, windowAttributes(node));
}

function encodeSlice(to: Encoder, node: Node & { kind: "slice" }, x: string, rank: number, output: string): void {
  const axis = channelsFirstAxis(node.axis, rank);
  const inputs = [
    x,
    to.numbers("begin", [node.begin]),
    to.numbers("end", [node.begin + node.count]),
    to.numbers("axis", [axis]),
  ];
  if (!node.squeeze) to.node("Slice", inputs, output);
  else to.node("Squeeze", [to.node("Slice", inputs, to.between("slice")), to.numbers("squeezed", [axis])], output);
}

/** ONNX wants all begins, then all ends. */
function windowAttributes({ size, strides, pads }: Window): Record<string, Attribute> {
  const begins = pads.map(([before]) => before);
  const ends = pads.map(([, after]) => after);
  return { kernel_shape: ints(size), strides: ints(strides), pads: ints([...begins, ...ends]) };
}

function encodeActivation(to: Encoder, activation: Activation, x: string, output: string): void {
  switch (activation) {
    case "relu6":
      to.node("Clip", [x, to.weight("zero", [], Float64Array.of(0)), to.weight("six", [], Float64Array.of(6))], output);
      return;
    case "silu":
      to.node("Mul", [x, to.node("Sigmoid", [x], to.between("sigmoid"))], output);
      return;
    case "hard_sigmoid":
      to.node("HardSigmoid", [x], output, { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
      return;
    case "softmax":
      to.node("Softmax", [x], output, { axis: int(1) });
      return;
    case "linear":
      to.node("Identity", [x], output);
      return;
    default:
      to.node(OPERATORS[activation], [x], output);
  }
}

const OPERATORS = { elu: "Elu", hard_silu: "HardSwish", relu: "Relu", sigmoid: "Sigmoid", tanh: "Tanh" } as const;
