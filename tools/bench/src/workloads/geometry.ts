/** Sizes and padding of convolutions and pooling along one axis, as Keras has them. */
import type { ConvConfig } from "./description.ts";

export interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly out: number;
  /** Zeros before and after. */
  readonly before: number;
  readonly after: number;
}

/** One row a spatial axis of an input with these spatial sizes. */
export function convAxes(sizes: readonly number[], config: ConvConfig): Axis[] {
  return sizes.map((size, i) =>
    convAxis(
      size,
      config.kernel_size[i] ?? 1,
      config.strides?.[i] ?? 1,
      config.dilation_rate?.[i] ?? 1,
      config.padding ?? "valid",
    ),
  );
}

function convAxis(size: number, kernel: number, stride: number, dilation: number, padding: string): Axis {
  const extent = (kernel - 1) * dilation + 1;
  const common = { size, kernel, stride, dilation };
  if (padding === "causal") return { ...common, out: Math.ceil(size / stride), before: extent - 1, after: 0 };
  if (padding === "valid") return { ...common, out: Math.floor((size - extent) / stride) + 1, before: 0, after: 0 };
  const out = Math.ceil(size / stride);
  const total = Math.max((out - 1) * stride + extent - size, 0);
  const before = Math.floor(total / 2);
  return { ...common, out, before, after: total - before };
}

/**
 * As a convolution of the output that makes the input: `before` and `after` are what is cut off the full result. Only what
 * workloads use: no dilation, kernels at least as long as strides.
 */
export function transposeAxes(sizes: readonly number[], config: ConvConfig): Axis[] {
  return sizes.map((size, i) => {
    const kernel = config.kernel_size[i] ?? 1;
    const stride = config.strides?.[i] ?? 1;
    if (kernel < stride)
      throw new RangeError(`A kernel shorter than the stride is not described. Received: ${kernel} < ${stride}`);
    const total = config.padding === "same" ? kernel - stride : 0;
    const before = Math.floor(total / 2);
    const out = (size - 1) * stride + kernel - total;
    return { size, kernel, stride, dilation: 1, out, before, after: total - before };
  });
}
