/** jax-js on its WebAssembly device: the graph as one function under `jit`, channels first as its convolutions want it. */
import * as jax from "@jax-js/jax";
import { channelsFirstAxis, channelsFirstShape, toChannelsFirst, toChannelsLast } from "../graph/channels-first.ts";
import { channelsFirstKernel, channelsFirstTransposeKernel } from "../graph/channels-first-kernels.ts";
import { type Graph, type Node, shapeAt } from "../graph/graph.ts";
import { type Activation, outputShape, type Shape } from "../workloads/description.ts";
import type { Task } from "../workloads/task.ts";
import type { Contestant, Runner } from "./contestant.ts";

const { lax, nn, numpy: np } = jax;
type Value = jax.Array;

export async function jaxJs(): Promise<Contestant> {
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return {
    name: "jax-js",
    runtime: "node",
    threads: 1,
    note: "wasm device, jit, channels first",
    prepare,
  };
}

/** Writes a node's value in terms of its inputs, which it uses up, and its weights, which stay. */
type Step = (inputs: readonly Value[], weights: readonly Value[]) => Value;

interface Compiled {
  readonly step: Step;
  readonly weights: readonly Value[];
}

async function prepare({ graph, operands, description }: Task): Promise<Runner> {
  const steps = graph.nodes.map((node) => compile(graph, node));
  const counts = steps.map(({ weights }) => weights.length);
  const weights = steps.flatMap((step) => step.weights);
  const call = jax.jit((args: Value[]): Value => evaluate(graph, steps, counts, args));
  const x = array(toChannelsFirst(operands.input, description.inputShape), channelsFirstShape(description.inputShape));
  let last: Value | null = null;
  const kept = (): Value => {
    if (!last) throw new Error("Nothing was run.");
    return last;
  };
  return {
    async run(calls) {
      for (let i = 0; i < calls; i++) {
        last?.dispose();
        last = call([x.ref, ...weights.map((weight) => weight.ref)]);
        await last.blockUntilReady();
      }
    },
    consume: () => kept().ref.dataSync()[0] ?? 0,
    output: async () => toChannelsLast(Float32Array.from(await kept().ref.data()), outputShape(description)),
    async dispose() {
      for (const value of [x, ...weights, ...(last ? [last] : [])]) value.dispose();
      call.dispose();
    },
  };
}

function evaluate(graph: Graph, steps: readonly Compiled[], counts: readonly number[], args: readonly Value[]): Value {
  const values: Value[] = args.slice(0, 1);
  const uses = [...values, ...steps].map((_, value) =>
    graph.nodes.reduce((sum, { inputs }) => sum + inputs.filter((input) => input === value).length, 0),
  );
  let next = 1;
  for (const [i, { step }] of steps.entries()) {
    const inputs = (graph.nodes[i]?.inputs ?? []).map((value) => {
      uses[value] = (uses[value] ?? 0) - 1;
      const found = at(values, value);
      return (uses[value] ?? 0) > 0 ? found.ref : found;
    });
    const count = counts[i] ?? 0;
    values.push(step(inputs, args.slice(next, next + count)));
    next += count;
  }
  return at(values, steps.length);
}

function compile(graph: Graph, node: Node): Compiled {
  const shape = shapeAt(graph, node.inputs[0] ?? 0);
  const rank = shape.length;
  switch (node.kind) {
    case "conv":
    case "conv_transpose":
      return compileConv(node, shape);
    case "dense": {
      const units = node.shape.at(-1) ?? 1;
      const weights = [array(Float32Array.from(node.kernel), [node.kernel.length / units, units])];
      if (node.bias) weights.push(array(Float32Array.from(node.bias), [units]));
      return {
        weights,
        step: ([x], [kernel, bias]) => activate(plus(np.matmul(of(x), of(kernel)), bias), node.activation),
      };
    }
    case "pool":
      return { weights: [], step: poolStep(node) };
    case "global_mean": {
      const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
      return { weights: [], step: ([x]) => np.mean(of(x), axes, { keepdims: node.keepdims }) };
    }
    case "binary":
      return { weights: [], step: ([a, b]) => (node.fn === "add" ? of(a).add(of(b)) : of(a).mul(of(b))) };
    case "affine": {
      const sizes = perChannel(node.factor.length, rank);
      const weights = [node.factor, node.term].map((values) => array(Float32Array.from(values), sizes));
      return { weights, step: ([x], [factor, term]) => of(x).mul(of(factor)).add(of(term)) };
    }
    case "activation":
      return { weights: [], step: ([x]) => activate(of(x), node.activation) };
    case "concat":
      return { weights: [], step: (parts) => np.concatenate([...parts], 1) };
    case "slice":
      return { weights: [], step: sliceStep(node, rank) };
    case "flatten": {
      const order = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
      return { weights: [], step: ([x]) => np.transpose(of(x), order).reshape([...node.shape]) };
    }
  }
}

function compileConv(node: Node & { kind: "conv" | "conv_transpose" }, shape: Shape): Compiled {
  const channels = shape.at(-1) ?? 1;
  const outputs = node.shape.at(-1) ?? 1;
  const ones = node.size.map(() => 1);
  const transposing = node.kind === "conv_transpose";
  const perGroup = transposing ? channels : channels / node.groups;
  const kernel = transposing ? channelsFirstTransposeKernel(node) : channelsFirstKernel(node, channels);
  const weights = [array(Float32Array.from(kernel), [outputs, perGroup, ...node.size])];
  if (node.bias) weights.push(array(Float32Array.from(node.bias), perChannel(outputs, shape.length)));
  // A transposed convolution is one of its input with zeros in between.
  const pads = node.pads.map(([before, after], i): [number, number] =>
    transposing ? [(node.size[i] ?? 1) - 1 - before, (node.size[i] ?? 1) - 1 - after] : [before, after],
  );
  const how = transposing
    ? { lhsDilation: [...node.strides] }
    : { rhsDilation: [...node.dilations], featureGroupCount: node.groups };
  const strides = transposing ? ones : [...node.strides];
  return {
    weights,
    step: ([x], [w, bias]) =>
      activate(plus(lax.convGeneralDilated(of(x), of(w), strides, pads, how), bias), node.activation),
  };
}

function poolStep({ fn, size, strides, pads }: Node & { kind: "pool" }): Step {
  if (pads.some(([before, after]) => before + after > 0)) throw new Error("Padded pooling is not written for jax-js.");
  const reduce = fn === "max" ? (x: Value) => np.max(x) : (x: Value) => np.mean(x);
  return ([x]) => lax.reduceWindow(of(x), reduce, [1, 1, ...size], [1, 1, ...strides]);
}

function sliceStep({ axis, begin, count, squeeze }: Node & { kind: "slice" }, rank: number): Step {
  const first = channelsFirstAxis(axis, rank);
  return ([x]) => {
    const slices = Array.from({ length: first + 1 }, (_, i): [] | [number, number] =>
      i === first ? [begin, begin + count] : [],
    );
    const part = of(x).slice(...slices);
    return squeeze ? np.squeeze(part, first) : part;
  };
}

function plus(x: Value, bias: Value | undefined): Value {
  return bias ? x.add(bias) : x;
}

function activate(x: Value, activation: Activation): Value {
  switch (activation) {
    case "linear":
      return x;
    case "tanh":
      return np.tanh(x);
    case "softmax":
      return nn.softmax(x, -1);
    default:
      return ACTIVATIONS[activation](x);
  }
}

const ACTIVATIONS = {
  elu: (x: Value) => nn.elu(x),
  hard_sigmoid: nn.hardSigmoid,
  hard_silu: nn.hardSilu,
  relu: nn.relu,
  relu6: nn.relu6,
  sigmoid: nn.sigmoid,
  silu: nn.silu,
};

function perChannel(channels: number, rank: number): number[] {
  return [1, channels, ...Array.from({ length: Math.max(rank - 2, 0) }, () => 1)].slice(0, rank);
}

function array(values: Float32Array, shape: readonly number[]): Value {
  return np.array(values as Float32Array<ArrayBuffer>, { shape: [...shape] });
}

function of(value: Value | undefined): Value {
  if (!value) throw new Error("A value is missing.");
  return value;
}

function at(values: readonly Value[], index: number): Value {
  return of(values[index]);
}
