/** The convolution family as keras-semantics 2.1 to 2.5 state it, on the nested loops of the op references. */
import { type ConvOp, outputShape } from "@keras-ts/core";
import { convOp, convTransposeOp } from "../cases/op-case.ts";
import { at, type Operand } from "../reference/operand.ts";
import { reference } from "../reference/reference.ts";
import { activated } from "./activation.ts";
import { channelsFromEnd, channelsToEnd, operandAt, reshaped } from "./array.ts";
import { channelAxis, type LayerArguments, type LayerReference, perAxis } from "./layer-reference.ts";

/** Zeros before and after an axis of n. */
export function paddingOf(padding: unknown, n: number, k: number, s: number, d: number): readonly [number, number] {
  if (padding === "causal") return [d * (k - 1), 0];
  if (padding !== "same") return [0, 0];
  const total = Math.max((Math.ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

type Window = Pick<LayerArguments, "kernelSize" | "strides" | "dilationRate" | "padding" | "groups">;

/** x `[n, …space, c]`, kernel `[…k, c / groups, f]`. */
export function convolved(x: Operand, kernel: Operand, bias: Operand | undefined, window: Window): Operand {
  const rank = x.shape.length - 2;
  const kernelSize = perAxis(window.kernelSize, rank, 1);
  const strides = perAxis(window.strides, rank, 1);
  const dilation = perAxis(window.dilationRate, rank, 1);
  const op: ConvOp = convOp({
    kernelSize,
    strides,
    dilation,
    padding: kernelSize.map((k, i) =>
      paddingOf(window.padding, at(x.shape, i + 1), k, at(strides, i), at(dilation, i)),
    ),
    groups: window.groups ?? 1,
    inChannels: at(x.shape, rank + 1),
    outChannels: at(kernel.shape, rank + 1),
    bias: bias !== undefined,
  });
  const values = reference(op, [x], bias ? [kernel, bias] : [kernel]);
  return { shape: outputShape(op, [x.shape]), values };
}

/** `forward` between channels-last views, then the activation on the layer's own layout. */
function framed(args: LayerArguments, x: Operand, forward: (x: Operand) => Operand): readonly Operand[] {
  const axis = channelAxis(args, x.shape.length - 2);
  return [activated(channelsFromEnd(forward(channelsToEnd(x, axis)), axis), args.activation)];
}

const biasOf = (args: LayerArguments, weights: readonly Operand[], i: number): Operand | undefined =>
  args.useBias === false ? undefined : operandAt(weights, i);

const conv: LayerReference = (args, inputs, weights) =>
  framed(args, operandAt(inputs, 0), (x) => convolved(x, operandAt(weights, 0), biasOf(args, weights, 1), args));

/** Kernel `[…k, c, m]` as c groups of m outputs. */
function depthwise(x: Operand, kernel: Operand, bias: Operand | undefined, args: LayerArguments): Operand {
  const [c, m] = [at(kernel.shape, kernel.shape.length - 2), at(kernel.shape, kernel.shape.length - 1)];
  const grouped = reshaped(kernel, [...kernel.shape.slice(0, -2), 1, c * m]);
  return convolved(x, grouped, bias, { ...args, groups: c });
}

const depthwiseConv: LayerReference = (args, inputs, weights) =>
  framed(args, operandAt(inputs, 0), (x) => depthwise(x, operandAt(weights, 0), biasOf(args, weights, 1), args));

const separableConv: LayerReference = (args, inputs, weights) =>
  framed(args, operandAt(inputs, 0), (x) =>
    convolved(
      depthwise(x, operandAt(weights, 0), undefined, args),
      operandAt(weights, 1),
      biasOf(args, weights, 2),
      {},
    ),
  );

/** Output length and crop of one axis (keras-semantics 2.4). */
function transposedAxis(padding: unknown, n: number, k: number, s: number, extra: number | null): [number, number] {
  if (padding === "same") {
    if (extra === null) return [n * s, Math.floor(Math.max(k - s, 0) / 2)];
    return [(n - 1) * s + (k % 2) + extra, Math.floor(Math.max(k - (k % 2) - extra, 0) / 2)];
  }
  return [(n - 1) * s + (extra === null ? Math.max(k, s) : k + extra), 0];
}

const convTranspose: LayerReference = (args, inputs, weights) =>
  framed(args, operandAt(inputs, 0), (x) => {
    const rank = x.shape.length - 2;
    const kernel = operandAt(weights, 0);
    const bias = biasOf(args, weights, 1);
    const kernelSize = perAxis(args.kernelSize, rank, 1);
    const strides = perAxis(args.strides, rank, 1);
    const dilation = perAxis(args.dilationRate, rank, 1);
    const extra = args.outputPadding ?? null;
    const axes = kernelSize.map((k, i) => {
      const reach = (k - 1) * at(dilation, i) + 1;
      const own = extra === null ? null : at(perAxis(extra, rank, 0), i);
      return transposedAxis(args.padding, at(x.shape, i + 1), reach, at(strides, i), own);
    });
    const op = convTransposeOp({
      kernelSize,
      strides,
      dilation,
      outputSize: axes.map(([length]) => length),
      crop: axes.map(([, crop]) => crop),
      inChannels: at(x.shape, rank + 1),
      outChannels: at(kernel.shape, rank),
      bias: bias !== undefined,
    });
    return { shape: outputShape(op, [x.shape]), values: reference(op, [x], bias ? [kernel, bias] : [kernel]) };
  });

export const convolutionReferences: Readonly<Record<string, LayerReference>> = {
  Conv1D: conv,
  Conv1DTranspose: convTranspose,
  Conv2D: conv,
  Conv2DTranspose: convTranspose,
  Conv3D: conv,
  Conv3DTranspose: convTranspose,
  DepthwiseConv1D: depthwiseConv,
  DepthwiseConv2D: depthwiseConv,
  SeparableConv1D: separableConv,
  SeparableConv2D: separableConv,
};
