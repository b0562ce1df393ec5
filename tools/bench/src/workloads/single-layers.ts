/** Workloads of one layer: `same` padding, bias and ReLU. */
import type { Description, LayerSpec, Shape } from "./description.ts";
import { Sketch } from "./sketch.ts";

/** What all rows of this file share, beside the kernel size. */
const COMMON = { padding: "same", activation: "relu" } as const;

/** Without batch; `[steps, channels]` or `[height, width, channels]`. */
export function depthwise(batch: number, shape: Shape, kernel: number, stride = 1): Description {
  const sizes = shape.slice(0, -1);
  const config = { ...COMMON, kernel_size: sizes.map(() => kernel), strides: sizes.map(() => stride) };
  return one([batch, ...shape], { layer: sizes.length === 1 ? "DepthwiseConv1D" : "DepthwiseConv2D", config });
}

export function separable(batch: number, shape: Shape, filters: number, kernel: number): Description {
  const sizes = shape.slice(0, -1);
  const config = { ...COMMON, filters, kernel_size: sizes.map(() => kernel) };
  return one([batch, ...shape], { layer: sizes.length === 1 ? "SeparableConv1D" : "SeparableConv2D", config });
}

/** One to three spatial axes. */
export function conv(batch: number, shape: Shape, filters: number, kernel: number): Description {
  const sizes = shape.slice(0, -1);
  const config = { ...COMMON, filters, kernel_size: sizes.map(() => kernel) };
  const layer = (["Conv1D", "Conv2D", "Conv3D"] as const)[sizes.length - 1] ?? "Conv3D";
  return one([batch, ...shape], { layer, config });
}

export function convTranspose(
  batch: number,
  shape: Shape,
  filters: number,
  kernel: number,
  stride: number,
): Description {
  const sizes = shape.slice(0, -1);
  const config = { ...COMMON, filters, kernel_size: sizes.map(() => kernel), strides: sizes.map(() => stride) };
  return one([batch, ...shape], { layer: sizes.length === 1 ? "Conv1DTranspose" : "Conv2DTranspose", config });
}

/** `[steps, height, width, channels]`; Keras's activations, the last state. */
export function convLstm(batch: number, shape: Shape, filters: number, kernel: number): Description {
  const config = { filters, kernel_size: [kernel, kernel], padding: "same" } as const;
  return one([batch, ...shape], { layer: "ConvLSTM2D", config });
}

function one(inputShape: Shape, spec: LayerSpec): Description {
  const sketch = new Sketch(inputShape);
  sketch.call(spec, sketch.input);
  return sketch.description;
}
