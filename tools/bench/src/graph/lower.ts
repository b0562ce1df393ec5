/** From a description of layers to a graph of plain ops. */
import type { Activation, ConvConfig, Description, LayerCall, LayerSpec, Shape } from "../workloads/description.ts";
import { shapeOf } from "../workloads/description.ts";
import { type Axis, convAxes, transposeAxes } from "../workloads/geometry.ts";
import type { Operands, Weight } from "../workloads/weights.ts";
import { fold, normalization } from "./fold.ts";
import type { Graph, Op, Pads, Window } from "./graph.ts";
import { lowerConvLstm } from "./lower-conv-lstm.ts";
import { Lowering } from "./lowering.ts";

/** Zeros around a value, which the convolution that takes it will have as its own. */
interface Padded {
  readonly value: number;
  readonly pads: Pads;
}

export function lower(description: Description, { weights }: Operands): Graph {
  const lowering = new Lowering(description.inputShape);
  const uses = countUses(description);
  const values: number[] = [0];
  const padded = new Map<number, Padded>();
  for (const [i, call] of description.calls.entries()) {
    const inputs = call.inputs.map((input) => values[input] ?? 0);
    const own = weights[i] ?? [];
    const [source = 0] = call.inputs;
    const before = padded.get(source);
    if (before && !call.layer.includes("Conv"))
      throw new Error(`Only convolutions take padded values. Received: ${call.layer}`);
    if (call.layer === "ZeroPadding2D") {
      padded.set(i + 1, { value: inputs[0] ?? 0, pads: call.config.padding });
      values.push(-1);
      continue;
    }
    if (before) inputs[0] = before.value;
    const folded = uses[source] === 1 && fold(lowering.nodes, inputs, call, own);
    const shape = shapeOf(description, source);
    values.push(
      folded ? (inputs[0] ?? 0) : lowerCall(lowering, call, inputs, own, { shape, pads: before?.pads ?? null }),
    );
  }
  return { inputShape: description.inputShape, nodes: lowering.nodes };
}

/** What a call is given: the shape that its layer sees, of which these zeros are not in the value. */
interface Given {
  readonly shape: Shape;
  readonly pads: Pads | null;
}

function lowerCall(
  to: Lowering,
  call: LayerCall,
  inputs: readonly number[],
  weights: readonly Weight[],
  given: Given,
): number {
  switch (call.layer) {
    case "Conv1D":
    case "Conv2D":
    case "Conv3D":
    case "DepthwiseConv1D":
    case "DepthwiseConv2D":
      return lowerConv(to, call, inputs, weights, given);
    case "SeparableConv1D":
    case "SeparableConv2D":
      return lowerSeparable(to, call, call.config, inputs, weights, given);
    case "Conv1DTranspose":
    case "Conv2DTranspose": {
      const axes = transposeAxes(given.shape.slice(1, -1), call.config);
      return to.push(
        { kind: "conv_transpose", ...windowOf(axes), ...parameters(weights, call.config.activation) },
        inputs,
        call.shape,
      );
    }
    case "ConvLSTM2D":
      return lowerConvLstm(to, call, inputs[0] ?? 0, weights, given.shape);
    case "Dense":
      return to.push({ kind: "dense", ...parameters(weights, call.config.activation) }, inputs, call.shape);
    default:
      return lowerPlain(to, call, inputs, weights, given.shape);
  }
}

type ConvCall = LayerCall & { readonly config: ConvConfig };

function lowerConv(
  to: Lowering,
  call: ConvCall,
  inputs: readonly number[],
  weights: readonly Weight[],
  given: Given,
): number {
  const channels = given.shape.at(-1) ?? 1;
  const axes = convAxes(given.shape.slice(1, -1), call.config);
  const window = windowOf(axes, given.pads);
  const dilations = axes.map(({ dilation }) => dilation);
  const groups = call.layer.startsWith("Depthwise") ? channels : 1;
  return to.push(
    { kind: "conv", ...window, dilations, groups, ...parameters(weights, call.config.activation) },
    inputs,
    call.shape,
  );
}

/** A depthwise convolution without bias, then a pointwise one. */
function lowerSeparable(
  to: Lowering,
  call: LayerCall,
  config: ConvConfig,
  inputs: readonly number[],
  [depthwise, ...pointwise]: readonly Weight[],
  given: Given,
): number {
  const channels = given.shape.at(-1) ?? 1;
  const axes = convAxes(given.shape.slice(1, -1), config);
  const window = windowOf(axes, given.pads);
  const dilations = axes.map(({ dilation }) => dilation);
  const kernel = parameters(depthwise ? [depthwise] : [], "linear");
  const middle = to.push({ kind: "conv", ...window, dilations, groups: channels, ...kernel }, inputs, [
    ...call.shape.slice(0, -1),
    channels,
  ]);
  const ones = axes.map(() => 1);
  const pads = axes.map(() => [0, 0] as const);
  const point = { size: ones, strides: ones, dilations: ones, pads, groups: 1 };
  return to.push({ kind: "conv", ...point, ...parameters(pointwise, config.activation) }, [middle], call.shape);
}

function lowerPlain(
  to: Lowering,
  call: LayerCall,
  inputs: readonly number[],
  weights: readonly Weight[],
  given: Shape,
): number {
  if (call.layer === "Add" || call.layer === "Multiply") {
    const fn = call.layer === "Add" ? "add" : "multiply";
    const [first = 0, ...others] = inputs;
    return others.reduce((sum, other) => to.push({ kind: "binary", fn }, [sum, other], call.shape), first);
  }
  return to.push(plainOp(call, weights, given), inputs, call.shape);
}

function plainOp(call: LayerSpec, weights: readonly Weight[], given: Shape): Op {
  const channels = given.at(-1) ?? 1;
  switch (call.layer) {
    case "BatchNormalization":
      return { kind: "affine", ...normalization(weights, call.config.epsilon) };
    case "Rescaling":
      return affine(
        channels,
        () => call.config.scale,
        () => call.config.offset,
      );
    case "Normalization": {
      const { mean, variance } = call.config;
      const factor = (c: number): number => 1 / Math.sqrt(variance[c] ?? 1);
      return affine(channels, factor, (c) => -(mean[c] ?? 0) * factor(c));
    }
    case "Activation":
      return { kind: "activation", activation: call.config.activation };
    case "MaxPooling2D":
    case "AveragePooling2D": {
      const size = call.config.pool_size;
      const fn = call.layer === "MaxPooling2D" ? "max" : "mean";
      return { kind: "pool", fn, size, strides: size, pads: size.map(() => [0, 0] as const) };
    }
    case "GlobalAveragePooling1D":
    case "GlobalAveragePooling2D":
      return { kind: "global_mean", keepdims: call.config.keepdims };
    case "Concatenate":
      return { kind: "concat" };
    case "Flatten":
      return { kind: "flatten" };
    default:
      throw new Error(`This layer has no lowering. Received: layer=${call.layer}`);
  }
}

function affine(channels: number, factor: (channel: number) => number, term: (channel: number) => number): Op {
  return {
    kind: "affine",
    factor: Float64Array.from({ length: channels }, (_, c) => factor(c)),
    term: Float64Array.from({ length: channels }, (_, c) => term(c)),
  };
}

function windowOf(axes: readonly Axis[], pads: Pads | null = null): Window {
  return {
    size: axes.map(({ kernel }) => kernel),
    strides: axes.map(({ stride }) => stride),
    pads: axes.map(({ before, after }, i) => [before + (pads?.[i]?.[0] ?? 0), after + (pads?.[i]?.[1] ?? 0)] as const),
  };
}

function parameters(
  [kernel, bias]: readonly Weight[],
  activation: Activation = "linear",
): { kernel: Float64Array; bias: Float64Array | null; activation: Activation } {
  return {
    kernel: Float64Array.from(kernel?.values ?? []),
    bias: bias ? Float64Array.from(bias.values) : null,
    activation,
  };
}

function countUses({ calls }: Description): number[] {
  const uses = new Array<number>(calls.length + 1).fill(0);
  for (const { inputs } of calls) for (const input of inputs) uses[input] = (uses[input] ?? 0) + 1;
  return uses;
}
