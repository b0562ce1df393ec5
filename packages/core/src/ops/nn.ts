/** Convolutions and the activations that look along an axis (`keras.ops.conv`, `depthwise_conv`, `separable_conv`, …). */

import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { type ConvDataFormat, resolveConvGeometry } from "../geometry/conv-geometry.ts";
import { run } from "./run.ts";
import { reshape, transpose } from "./shape.ts";
import { recordable } from "./symbolic.ts";
import { shapeOf, type Value } from "./value.ts";

export interface ConvOptions {
  /** One number for all axes or one an axis. Default 1. */
  readonly strides?: number | readonly number[];
  readonly padding?: "valid" | "same";
  readonly dilationRate?: number | readonly number[];
  /** Default channels_last. */
  readonly dataFormat?: ConvDataFormat;
}

/**
 * Convolution (cross-correlation). x `[n, ...space, c]`, kernel `[...k, c/groups, f]`; groups follow from the shapes.
 * Source: `keras.ops.conv`.
 */
export const conv = recordable("conv", (x: Value, kernel: Value, options: ConvOptions = {}) => {
  const k = shapeOf(kernel);
  const rank = k.length - 2;
  const perGroup = k[rank] ?? 0;
  return inChannelsLast(x, options.dataFormat ?? "channels_last", (h) => {
    const channels = shapeOf(h).at(-1) ?? 0;
    if (shapeOf(h).length !== rank + 2 || perGroup === 0 || channels % perGroup !== 0) {
      throw new ValueError(
        `The number of input channels must be a multiple of kernel.shape[-2]. Received: x.shape=${formatShape(shapeOf(x))}, kernel.shape=${formatShape(k)}`,
      );
    }
    const geometry = resolveConvGeometry(shapeOf(h).slice(1, -1), k.slice(0, rank), options);
    const op = {
      ...geometry,
      groups: channels / perGroup,
      inChannels: channels,
      outChannels: k[rank + 1] ?? 0,
      bias: false,
      activation: null,
    };
    return run({ kind: "conv", ...op }, [h], [kernel]);
  });
});

/**
 * Depthwise convolution. x `[n, ...space, c]`, kernel `[...k, c, m]` → `[n, ...out, c·m]`, output channel `c·m + i`.
 * Source: `keras.ops.depthwise_conv`. Strides and dilation may be combined and differ by axis.
 */
export const depthwiseConv = recordable("depthwise_conv", (x: Value, kernel: Value, options: ConvOptions = {}) => {
  const k = shapeOf(kernel);
  const rank = k.length - 2;
  const [channels = 0, multiplier = 0] = k.slice(rank);
  return inChannelsLast(x, options.dataFormat ?? "channels_last", (h) => {
    if (shapeOf(h).length !== rank + 2 || shapeOf(h).at(-1) !== channels) {
      throw new ValueError(
        `The number of input channels must be kernel.shape[-2]. Received: x.shape=${formatShape(shapeOf(x))}, kernel.shape=${formatShape(k)}`,
      );
    }
    const geometry = resolveConvGeometry(shapeOf(h).slice(1, -1), k.slice(0, rank), options);
    const op = {
      ...geometry,
      groups: channels,
      inChannels: channels,
      outChannels: channels * multiplier,
      bias: false,
      activation: null,
    };
    return run({ kind: "conv", ...op }, [h], [kernel]);
  });
});

/**
 * Depthwise, then pointwise convolution. pointwise kernel `[1, …, c·m, f]`; strides, padding and dilation belong to the
 * depthwise stage. Source: `keras.ops.separable_conv`.
 */
export const separableConv = recordable(
  "separable_conv",
  (x: Value, depthwiseKernel: Value, pointwiseKernel: Value, options: ConvOptions = {}) =>
    inChannelsLast(x, options.dataFormat ?? "channels_last", (h) =>
      conv(depthwiseConv(h, depthwiseKernel, { ...options, dataFormat: "channels_last" }), pointwiseKernel),
    ),
);

/** Matrix product of two matrices, `[m, k] · [k, n]`. */
export const matmul = recordable("matmul", (a: Value, b: Value) => {
  const [m = 0, k = 0] = shapeOf(a);
  const [k2 = 0, n = 0] = shapeOf(b);
  if (shapeOf(a).length !== 2 || shapeOf(b).length !== 2 || k !== k2) {
    throw new ValueError(
      `matmul needs shapes (m, k) and (k, n). Received: shapes=${formatShape(shapeOf(a))}, ${formatShape(shapeOf(b))}`,
    );
  }
  // A convolution of width 1 over m positions.
  return reshape(conv(reshape(a, [1, m, k]), reshape(b, [1, k, n])), [m, n]);
});

/** Softmax over the last axis, or its logarithm. */
export const softmax = recordable("softmax", (x: Value, options: { readonly log?: boolean } = {}) =>
  run({ kind: "softmax", log: options.log ?? false }, [x]),
);

/** `keras.activations.sparsemax` over the last axis. */
export const sparsemax = recordable("sparsemax", (x: Value) => run({ kind: "sparsemax" }, [x]));

/** Runs `fn` on the channels-last form of x and puts the result back. */
export function inChannelsLast<V extends Value>(x: Value, dataFormat: ConvDataFormat, fn: (h: Value) => V): V {
  if (dataFormat === "channels_last") return fn(x);
  const rank = shapeOf(x).length;
  const space = Array.from({ length: rank - 2 }, (_, i) => i);
  const y = fn(transpose(x, [0, ...space.map((i) => i + 2), 1]));
  return transpose(y, [0, rank - 1, ...space.map((i) => i + 1)]) as V;
}
