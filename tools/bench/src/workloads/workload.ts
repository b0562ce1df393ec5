/** The layers that are timed: a batch of one, channels last, `same` padding, bias and ReLU. */

/** One row of the benchmark; its name is what reports and `--workload` use. */
export interface Workload {
  readonly name: string;
  readonly kind: "depthwise" | "separable";
  /** Input size without batch and channels: `[steps]` or `[height, width]`. */
  readonly spatial: readonly number[];
  readonly channels: number;
  /** Output channels: `channels` for depthwise. */
  readonly filters: number;
  /** Equal along every axis. */
  readonly kernelSize: number;
  /** Equal along every axis. */
  readonly strides: number;
}

/** A workload with both spatial axes spelled out; a 1-D one has height 1 and does not move along it. */
export interface Geometry {
  readonly height: number;
  readonly width: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
}

export const WORKLOADS: readonly Workload[] = [
  depthwise("depthwise 1D T1024 C256 k7", [1024], 256, 7),
  depthwise("depthwise 1D T16000 C32 k31", [16000], 32, 31),
  depthwise("depthwise 1D T64 C16 k3", [64], 16, 3),
  separable("separable 1D T1024 128→256 k9", [1024], 128, 256, 9),
  depthwise("depthwise 2D 112×112×32 k3", [112, 112], 32, 3),
  depthwise("depthwise 2D 56×56×128 k3 stride 2", [56, 56], 128, 3, 2),
  depthwise("depthwise 2D 14×14×512 k3", [14, 14], 512, 3),
  depthwise("depthwise 2D 28×28×240 k5", [28, 28], 240, 5),
  separable("separable 2D 56×56 128→128 k3", [56, 56], 128, 128, 3),
];

function depthwise(name: string, spatial: number[], channels: number, kernelSize: number, strides = 1): Workload {
  return { name, kind: "depthwise", spatial, channels, filters: channels, kernelSize, strides };
}

function separable(name: string, spatial: number[], channels: number, filters: number, kernelSize: number): Workload {
  return { name, kind: "separable", spatial, channels, filters, kernelSize, strides: 1 };
}

/** Sizes, strides and the padding counts of Keras's `same`: the odd one goes after. */
export function geometryOf({ spatial, kernelSize, strides }: Workload): Geometry {
  const [width = 1, height] = [...spatial].reverse();
  const vertical = height === undefined ? axis(1, 1, 1) : axis(height, kernelSize, strides);
  const horizontal = axis(width, kernelSize, strides);
  return {
    height: height ?? 1,
    width,
    kernelHeight: height === undefined ? 1 : kernelSize,
    kernelWidth: kernelSize,
    strideHeight: height === undefined ? 1 : strides,
    strideWidth: strides,
    outHeight: vertical.out,
    outWidth: horizontal.out,
    padTop: vertical.before,
    padBottom: vertical.after,
    padLeft: horizontal.before,
    padRight: horizontal.after,
  };
}

/** Batch first, channels last. */
export function inputShape({ spatial, channels }: Workload): number[] {
  return [1, ...spatial, channels];
}

/** Batch first, channels last. */
export function outputShape(workload: Workload): number[] {
  const { outHeight, outWidth } = geometryOf(workload);
  return [1, ...(workload.spatial.length === 1 ? [outWidth] : [outHeight, outWidth]), workload.filters];
}

/** Shapes of the weights in Keras's order: depthwise kernel, pointwise kernel where there is one, bias. */
export function weightShapes({ kind, spatial, channels, filters, kernelSize }: Workload): number[][] {
  const depthwiseKernel = [...spatial.map(() => kernelSize), channels, 1];
  const pointwiseKernel = [...spatial.map(() => 1), channels, filters];
  return kind === "depthwise" ? [depthwiseKernel, [filters]] : [depthwiseKernel, pointwiseKernel, [filters]];
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}

function axis(size: number, kernel: number, stride: number): { out: number; before: number; after: number } {
  const out = Math.ceil(size / stride);
  const total = Math.max((out - 1) * stride + kernel - size, 0);
  const before = Math.floor(total / 2);
  return { out, before, after: total - before };
}
