/**
 * The one place that knows what `valid`, `same` and `causal` mean (Keras: `compute_conv_output_shape`, and
 * `keras-semantics` 2.1). Everything behind it works with explicit numbers.
 */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";

export type ConvDataFormat = "channels_last" | "channels_first";
export type ConvPadding = "valid" | "same" | "causal";

export interface ConvArguments {
  readonly strides?: number | readonly number[];
  readonly padding?: ConvPadding;
  readonly dilationRate?: number | readonly number[];
}

export interface ResolvedConv {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
}

/** Fills in strides, dilation and `[before, after]` padding for an input of this spatial size. */
export function resolveConvGeometry(
  space: readonly number[],
  kernelSize: readonly number[],
  args: ConvArguments,
): ResolvedConv {
  const strides = perAxis(args.strides ?? 1, space.length);
  const dilation = perAxis(args.dilationRate ?? 1, space.length);
  const reaches = kernelSize.map((k, i) => (k - 1) * (dilation[i] ?? 1) + 1);
  const kind = args.padding ?? "valid";
  const empty = (n: number, i: number) => (kind === "valid" && n < (reaches[i] ?? 1)) || (kind === "causal" && n === 0);
  if (space.some(empty)) {
    throw new ValueError(
      `The convolution would have an empty output. Received: input size=${formatShape(space)}, kernel_size=${formatShape(kernelSize)}, ` +
        `strides=${formatShape(strides)}, dilation_rate=${formatShape(dilation)}, padding='${kind}'`,
    );
  }
  const padding = space.map((n, i) => convPadding(n, kernelSize[i] ?? 1, strides[i] ?? 1, dilation[i] ?? 1, kind));
  return { kernelSize: [...kernelSize], strides, dilation, padding };
}

/** `[before, after]` zeros on one axis. With `same` the odd extra zero goes after. */
export function convPadding(
  n: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: ConvPadding,
): readonly [number, number] {
  const reach = (kernel - 1) * dilation + 1;
  switch (padding) {
    case "valid":
      return [0, 0];
    case "causal":
      return [reach - 1, 0];
    case "same": {
      const total = Math.max((Math.ceil(n / stride) - 1) * stride + reach - n, 0);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    }
  }
}

/** Output size on one axis; null where the input size is unknown. May be zero or negative for `valid`. */
export function convOutputSize(
  n: number | null,
  kernel: number,
  stride: number,
  dilation: number,
  padding: ConvPadding,
): number | null {
  if (n === null) return null;
  if (padding === "valid") return Math.floor((n - dilation * (kernel - 1) - 1) / stride) + 1;
  return Math.floor((n - 1) / stride) + 1;
}

export interface ConvShapeArguments {
  /** Null where the layer has none yet. */
  readonly filters: number | null;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: ConvPadding;
  readonly dilation: readonly number[];
  readonly dataFormat: ConvDataFormat;
}

/** The output shape of a convolution layer, unknown sizes included. Source: `keras.src.ops.operation_utils.compute_conv_output_shape`. */
export function convOutputShape(input: readonly (number | null)[], args: ConvShapeArguments): (number | null)[] {
  const rank = args.kernelSize.length;
  const first = args.dataFormat === "channels_first";
  const space = first ? input.slice(2) : input.slice(1, -1);
  const channels = first ? input[1] : input.at(-1);
  const kernelShape = [...args.kernelSize, channels ?? null, args.filters];
  if (space.length !== rank) {
    throw new ValueError(
      `Kernel shape must have the same length as input, but received kernel of shape ${formatShape(kernelShape)} and input of shape ${formatShape(input)}.`,
    );
  }
  const output = space.map((n, i) =>
    convOutputSize(n, args.kernelSize[i] ?? 1, args.strides[i] ?? 1, args.dilation[i] ?? 1, args.padding),
  );
  if (args.padding === "valid" && output.some((n) => n !== null && n <= 0)) {
    throw new ValueError(
      `Computed output size would be zero or negative. Received \`inputs shape=${formatShape(input)}\`, \`kernel shape=${formatShape(kernelShape)}\`, ` +
        `\`strides=${formatValue(args.strides)}\`, \`dilation_rate=${formatValue(args.dilation)}\`, \`padding='${args.padding}'\`. ` +
        "Use a smaller kernel, stride or dilation, padding='same', or a longer input.",
    );
  }
  return first ? [input[0] ?? null, args.filters, ...output] : [input[0] ?? null, ...output, args.filters];
}

function perAxis(value: number | readonly number[], rank: number): readonly number[] {
  return typeof value === "number" ? Array.from({ length: rank }, () => value) : [...value];
}
