/** What a conformance case is: data, from which the runner makes numbers, expectations and messages. */
import {
  type BinaryName,
  type ConvFilterGradOp,
  type ConvOp,
  type ConvTransposeOp,
  hasWeights,
  type Op,
  outputShape,
  type Shape,
  sizeOf,
  type UnaryFn,
  type UnaryName,
  weightShapes,
} from "@keras-ts/core";
import { Random } from "../random.ts";
import type { NumberArray } from "../reference/operand.ts";

/** How an operand is filled: float32 in (−1, 1), in (0.5, 2), or integers −4…4, on which float32 sums are exact. */
export type Fill = "uniform" | "positive" | "integers";

/** A value set at one element before the op runs. Operands: data inputs first, then weights. */
export interface Poke {
  readonly operand: number;
  readonly index: number;
  readonly value: number;
}

/** One op on given shapes. Its numbers follow from its name, unless `data` gives them. */
export interface OpCase {
  readonly name: string;
  readonly op: Op;
  /** Shapes of the data inputs; those of the weights follow from the op. */
  readonly inputs: readonly Shape[];
  readonly fill?: Fill;
  readonly pokes?: readonly Poke[];
  /** A backend may refuse it, where the contract says so. */
  readonly optional?: boolean;
  /** Values of the data inputs, in place of generated ones; null where these are wanted. */
  readonly data?: readonly (Float32Array | null)[];
}

/** Cases that a report counts together. */
export interface Family {
  readonly name: string;
  readonly cases: readonly OpCase[];
}

/** An operand with float32 values. */
export interface Float32Operand extends NumberArray {
  readonly values: Float32Array;
}

/** The numbers of a case. */
export function operandsOf(c: OpCase): { inputs: Float32Operand[]; weights: Float32Operand[] } {
  const random = new Random(c.name);
  const inputs = c.inputs.map((shape, i) => ({
    shape,
    values: c.data?.[i]?.slice() ?? filled(random, sizeOf(shape), c.fill),
  }));
  const weights = weightShapesOf(c.op).map((shape) => ({ shape, values: filled(random, sizeOf(shape), c.fill) }));
  for (const { operand, index, value } of c.pokes ?? []) {
    const values = [...inputs, ...weights][operand]?.values;
    if (values === undefined || index >= values.length) throw new RangeError(`${c.name}: no element ${index} to poke.`);
    values[index] = value;
  }
  return { inputs, weights };
}

/** `weightShapes` for any op. */
export function weightShapesOf(op: Op): Shape[] {
  return hasWeights(op) ? weightShapes(op) : [];
}

function filled(random: Random, count: number, fill: Fill = "uniform"): Float32Array {
  if (fill === "positive") return random.uniform(count, 0.5, 2);
  if (fill === "integers") return Float32Array.from({ length: count }, () => random.int(-4, 4));
  return random.uniform(count, -1, 1);
}

/** A convolution on an input shape. */
export type ConvRow = readonly [name: string, op: ConvOp, input: Shape];

type ConvNumbers = Partial<Omit<ConvOp, "kind">> & Pick<ConvOp, "kernelSize" | "inChannels" | "outChannels">;

/** A `conv` op: stride 1, no dilation, padding, groups, bias or activation unless given. */
export function convOp(numbers: ConvNumbers): ConvOp {
  const each = numbers.kernelSize.map(() => 1);
  return {
    kind: "conv",
    strides: each,
    dilation: each,
    groups: 1,
    padding: each.map(() => [0, 0] as const),
    bias: false,
    activation: null,
    ...numbers,
  };
}

/** A depthwise `conv`: `channels` groups of `multiplier` outputs. */
export function depthwiseOp(
  channels: number,
  multiplier: number,
  numbers: Omit<ConvNumbers, "inChannels" | "outChannels" | "groups">,
): ConvOp {
  return convOp({ ...numbers, inChannels: channels, outChannels: channels * multiplier, groups: channels });
}

type TransposeNumbers = Partial<Omit<ConvTransposeOp, "kind">> &
  Pick<ConvTransposeOp, "kernelSize" | "inChannels" | "outChannels" | "outputSize">;

/** A `conv_transpose` op with the same defaults. */
export function convTransposeOp(numbers: TransposeNumbers): ConvTransposeOp {
  const each = numbers.kernelSize.map(() => 1);
  return {
    kind: "conv_transpose",
    strides: each,
    dilation: each,
    groups: 1,
    crop: each.map(() => 0),
    bias: false,
    activation: null,
    ...numbers,
  };
}

/** The input gradient of `conv` on an input of this shape: a `conv_transpose` with channels exchanged. */
export function inputGradOf(op: ConvOp, input: Shape): ConvTransposeOp {
  const { padding, inChannels, outChannels, ...rest } = op;
  return {
    ...rest,
    kind: "conv_transpose",
    inChannels: outChannels,
    outChannels: inChannels,
    crop: padding.map(([before]) => before),
    outputSize: input.slice(1, -1),
    bias: false,
    activation: null,
  };
}

/** The filter gradient of `conv`. */
export function filterGradOf(op: ConvOp): ConvFilterGradOp {
  const { kernelSize, strides, dilation, groups, inChannels, outChannels } = op;
  const padBefore = op.padding.map(([before]) => before);
  return { kind: "conv_filter_grad", kernelSize, strides, dilation, groups, inChannels, outChannels, padBefore };
}

/** A convolution and both of its gradients on one input shape, under one name. */
export function convWithGradients(name: string, op: ConvOp, input: Shape): OpCase[] {
  const output = outputShape(op, [input]);
  return [
    { name, op, inputs: [input] },
    { name: `${name}, input gradient`, op: inputGradOf(op, input), inputs: [output] },
    { name: `${name}, filter gradient`, op: filterGradOf(op), inputs: [input, output] },
  ];
}

/** A `unary` function with its parameters. */
export function fn(name: UnaryName, ...params: number[]): UnaryFn {
  return { name, params };
}

/** A `binary` case named after its shapes. */
export function binaryCase(name: BinaryName, a: Shape, b: Shape): OpCase {
  return { name: `${name} [${a}] with [${b}]`, op: { kind: "binary", fn: name }, inputs: [a, b], fill: "positive" };
}
