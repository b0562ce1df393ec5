/** Convolutions (`keras.ops.conv`, `depthwise_conv`, `separable_conv`, …). */

import { standardizeDataFormat } from "../config.ts";
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { type ConvArguments, type ConvDataFormat, resolveConvGeometry } from "../geometry/conv-geometry.ts";
import { standardizeIntegers, standardizePadding } from "../layers/arguments.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { run } from "./run.ts";
import { transpose } from "./shape.ts";
import { recordable } from "./symbolic.ts";
import { shapeOf, type Value } from "./value.ts";

export interface ConvOptions {
  /** One number for all axes or one an axis. Default 1. */
  readonly strides?: number | readonly number[];
  /** In any case. Default valid. */
  readonly padding?: "valid" | "same";
  readonly dilationRate?: number | readonly number[];
  /** Default (also null): `keras.config.imageDataFormat()`. */
  readonly dataFormat?: ConvDataFormat | null;
}

/**
 * Convolution (cross-correlation). x `[n, ...space, c]`, kernel `[...k, c/groups, f]`; groups follow from the shapes.
 * Source: `keras.ops.conv`.
 */
export const conv = recordable("conv", (x: Value, kernel: Value, options: ConvOptions = {}) => {
  const { rank, dataFormat, ...numbers } = standardizeOptions("conv", x, kernel, options);
  return inChannelsLast(x, dataFormat, (h) => convLast(h, kernel, rank, numbers));
});

/**
 * `conv` that sees nothing ahead: all its zeros come before x. What `causal` means to Conv1D; `keras.ops.conv` does not offer it.
 */
export const causalConv = recordable("conv", (x: Value, kernel: Value, options: Omit<ConvOptions, "padding"> = {}) => {
  const { rank, dataFormat, ...numbers } = standardizeOptions("causalConv", x, kernel, options);
  return inChannelsLast(x, dataFormat, (h) => convLast(h, kernel, rank, { ...numbers, padding: "causal" }));
});

/**
 * Depthwise convolution. x `[n, ...space, c]`, kernel `[...k, c, m]` → `[n, ...out, c·m]`, output channel `c·m + i`.
 * Source: `keras.ops.depthwise_conv`. Strides and dilation may be combined and differ by axis.
 */
export const depthwiseConv = recordable("depthwise_conv", (x: Value, kernel: Value, options: ConvOptions = {}) => {
  const { rank, dataFormat, ...numbers } = standardizeOptions("depthwiseConv", x, kernel, options);
  return inChannelsLast(x, dataFormat, (h) => depthwiseLast(h, kernel, rank, numbers));
});

/**
 * Depthwise, then pointwise convolution. pointwise kernel `[1, …, c·m, f]`; strides, padding and dilation belong to the
 * depthwise stage. Source: `keras.ops.separable_conv`.
 */
export const separableConv = recordable(
  "separable_conv",
  (x: Value, depthwiseKernel: Value, pointwiseKernel: Value, options: ConvOptions = {}) => {
    const { rank, dataFormat, ...numbers } = standardizeOptions("separableConv", x, depthwiseKernel, options);
    if (shapeOf(pointwiseKernel).length !== rank + 2) {
      throw new ValueError(
        `The pointwise kernel must have the rank of the depthwise kernel. Received: pointwise_kernel.shape=${formatShape(shapeOf(pointwiseKernel))}, depthwise_kernel.shape=${formatShape(shapeOf(depthwiseKernel))}`,
      );
    }
    return inChannelsLast(x, dataFormat, (h) =>
      convLast(depthwiseLast(h, depthwiseKernel, rank, numbers), pointwiseKernel, rank, {}),
    );
  },
);

/** A convolution whose options were checked, on a channels-last x of the kernel's rank. */
function convLast(x: Value, kernel: Value, rank: number, numbers: ConvArguments) {
  const k = shapeOf(kernel);
  const perGroup = k[rank] ?? 0;
  const channels = shapeOf(x).at(-1) ?? 0;
  if (perGroup === 0 || channels % perGroup !== 0) {
    throw new ValueError(
      `The number of input channels must be a multiple of kernel.shape[-2]. Received: input channels=${channels}, kernel.shape=${formatShape(k)}`,
    );
  }
  return runConv(x, kernel, rank, numbers, channels / perGroup, k[rank + 1] ?? 0);
}

function depthwiseLast(x: Value, kernel: Value, rank: number, numbers: ConvArguments) {
  const k = shapeOf(kernel);
  const [channels = 0, multiplier = 0] = k.slice(rank);
  if (shapeOf(x).at(-1) !== channels) {
    throw new ValueError(
      `The number of input channels must be kernel.shape[-2]. Received: input channels=${shapeOf(x).at(-1)}, kernel.shape=${formatShape(k)}`,
    );
  }
  return runConv(x, kernel, rank, numbers, channels, channels * multiplier);
}

function runConv(x: Value, kernel: Value, rank: number, numbers: ConvArguments, groups: number, outChannels: number) {
  const geometry = resolveConvGeometry(shapeOf(x).slice(1, -1), shapeOf(kernel).slice(0, rank), numbers);
  const inChannels = shapeOf(x).at(-1) ?? 0;
  return run(
    { kind: "conv", ...geometry, groups, inChannels, outChannels, bias: false, activation: null },
    [x],
    [kernel],
  );
}

const OPTION_NAMES = ["strides", "padding", "dilationRate", "dataFormat"];
const PADDINGS = ["valid", "same"] as const;

/** The options of one call, checked once, in the form that `resolveConvGeometry` takes. */
function standardizeOptions(name: string, x: Value, kernel: Value, options: ConvOptions) {
  checkArguments(name, options, OPTION_NAMES);
  const { strides = 1, padding = "valid", dilationRate = 1, dataFormat } = options;
  const rank = shapeOf(kernel).length - 2;
  if (rank < 1 || rank > 3 || shapeOf(x).length !== rank + 2) {
    throw new ValueError(
      `${name}: x and the kernel must have the same rank, of 3 to 5. Received: x.shape=${formatShape(shapeOf(x))}, kernel.shape=${formatShape(shapeOf(kernel))}`,
    );
  }
  return {
    rank,
    strides: standardizeIntegers(strides, rank, "strides"),
    padding: standardizePadding(typeof padding === "string" ? padding : null, PADDINGS),
    dilationRate: standardizeIntegers(dilationRate, rank, "dilation_rate"),
    dataFormat: standardizeDataFormat(dataFormat),
  };
}

/** Runs `fn` on the channels-last form of x and puts the result back. */
export function inChannelsLast<V extends Value>(x: Value, dataFormat: ConvDataFormat, fn: (h: Value) => V): V {
  if (dataFormat === "channels_last") return fn(x);
  const rank = shapeOf(x).length;
  const space = Array.from({ length: rank - 2 }, (_, i) => i);
  const y = fn(transpose(x, [0, ...space.map((i) => i + 2), 1]));
  return transpose(y, [0, rank - 1, ...space.map((i) => i + 1)]) as V;
}
