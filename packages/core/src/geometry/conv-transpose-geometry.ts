/**
 * The one place that knows the output size and crop of transposed convolutions (Keras: `compute_conv_transpose_output_shape`,
 * `compute_conv_transpose_padding_args_for_jax`). One rule covers strides, dilation, `same` and output padding.
 */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { ConvDataFormat } from "./conv-geometry.ts";

/** How one spatial axis is transposed. */
interface ConvTransposeAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: "valid" | "same";
  /** Null: the output just covers what was written (`valid`), or is `stride` times as long (`same`). */
  readonly outputPadding: number | null;
}

export interface ConvTransposeArguments {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: "valid" | "same";
  /** One number an axis, or null. */
  readonly outputPadding: readonly number[] | null;
  readonly dilation: readonly number[];
}

/** What `ConvTransposeOp` carries: how many written positions are dropped in front, and how many are kept. */
interface ResolvedConvTranspose {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly crop: readonly number[];
  readonly outputSize: readonly number[];
}

/** Output length on one axis; null where the input's is unknown. May be zero. */
export function convTransposeOutputSize(n: number | null, axis: ConvTransposeAxis): number | null {
  if (n === null) return null;
  const { stride, padding, outputPadding } = axis;
  const reach = reachOf(axis);
  if (padding === "same") return outputPadding === null ? n * stride : (n - 1) * stride + (reach % 2) + outputPadding;
  return (n - 1) * stride + (outputPadding === null ? Math.max(reach, stride) : reach + outputPadding);
}

/** Written positions that are dropped before the first output. */
export function convTransposeCrop(axis: ConvTransposeAxis): number {
  const { stride, padding, outputPadding } = axis;
  if (padding === "valid") return 0;
  const reach = reachOf(axis);
  const surplus = outputPadding === null ? reach - stride : reach - (reach % 2) - outputPadding;
  return Math.floor(Math.max(surplus, 0) / 2);
}

/** The numbers of a transposed convolution of an input of this spatial size. Refuses a negative output size. */
export function resolveConvTransposeGeometry(
  space: readonly number[],
  args: ConvTransposeArguments,
): ResolvedConvTranspose {
  const axes = space.map((_, i) => axisOf(args, i));
  const outputSize = axes.map((axis, i) => convTransposeOutputSize(space[i] ?? 0, axis) ?? 0);
  if (outputSize.some((n) => n < 0)) {
    throw new ValueError(
      `The transposed convolution would have a negative output size. Received: input size=${formatShape(space)}, ` +
        `kernel_size=${formatShape(args.kernelSize)}, strides=${formatShape(args.strides)}, padding='${args.padding}', ` +
        `output_padding=${formatValue(args.outputPadding)}, dilation_rate=${formatShape(args.dilation)}`,
    );
  }
  return {
    kernelSize: [...args.kernelSize],
    strides: [...args.strides],
    dilation: [...args.dilation],
    crop: axes.map(convTransposeCrop),
    outputSize,
  };
}

/**
 * The output shape of a transposed convolution layer, unknown sizes included. As in Keras a shape of fewer axes than the layer's
 * is taken as it is, one of more is refused.
 */
export function convTransposeOutputShape(
  input: readonly (number | null)[],
  filters: number | null,
  dataFormat: ConvDataFormat,
  args: ConvTransposeArguments,
): (number | null)[] {
  const first = dataFormat === "channels_first";
  const space = first ? input.slice(2) : input.slice(1, -1);
  if (space.length > args.kernelSize.length) {
    throw new ValueError(
      `The input has more spatial axes than the kernel. Received: input_shape=${formatShape(input)}, kernel_size=${formatShape(args.kernelSize)}`,
    );
  }
  const output = space.map((n, i) => convTransposeOutputSize(n, axisOf(args, i)));
  const batch = input[0] ?? null;
  return first ? [batch, filters, ...output] : [batch, ...output, filters];
}

/** The positions from the first tap of the kernel to its last. */
function reachOf({ kernel, dilation }: ConvTransposeAxis): number {
  return (kernel - 1) * dilation + 1;
}

function axisOf(args: ConvTransposeArguments, i: number): ConvTransposeAxis {
  return {
    kernel: args.kernelSize[i] ?? 1,
    stride: args.strides[i] ?? 1,
    dilation: args.dilation[i] ?? 1,
    padding: args.padding,
    outputPadding: args.outputPadding?.[i] ?? null,
  };
}
