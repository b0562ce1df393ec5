/** What models are sketched with: a convolution, BatchNormalization and an activation, as three layers. */
import type { Activation, LayerSpec, Shape } from "./description.ts";
import { Sketch, type SketchValue } from "./sketch.ts";

/** A sketch of two-dimensional convolutions, `same` padding and no bias unless said. */
export class Blocks {
  readonly sketch: Sketch;

  constructor(inputShape: Shape) {
    this.sketch = new Sketch(inputShape);
  }

  conv(
    x: SketchValue,
    filters: number,
    kernel: number | readonly [number, number],
    stride = 1,
    bias = false,
  ): SketchValue {
    const kernel_size = typeof kernel === "number" ? [kernel, kernel] : kernel;
    const config = { filters, kernel_size, strides: [stride, stride], padding: "same", use_bias: bias } as const;
    return this.sketch.call({ layer: "Conv2D", config }, x);
  }

  depthwise(x: SketchValue, kernel: number, stride = 1): SketchValue {
    const config = {
      kernel_size: [kernel, kernel],
      strides: [stride, stride],
      padding: "same",
      use_bias: false,
    } as const;
    return this.sketch.call({ layer: "DepthwiseConv2D", config }, x);
  }

  /** `same` as keras.applications writes it for stride 2: explicit zeros, then `valid`. */
  paddedDepthwise(x: SketchValue, kernel: number, stride: number): SketchValue {
    if (stride === 1) return this.depthwise(x, kernel);
    const config = { kernel_size: [kernel, kernel], strides: [stride, stride], use_bias: false };
    return this.sketch.call({ layer: "DepthwiseConv2D", config }, this.padFor(x, kernel));
  }

  /** Zeros before a convolution of stride 2 on an even or odd size (`imagenet_utils.correct_pad`). */
  padFor(x: SketchValue, kernel: number): SketchValue {
    const half = Math.floor(kernel / 2);
    const padding = x.shape.slice(1, 3).map((size) => [half - (size % 2 === 0 ? 1 : 0), half] as const);
    return this.sketch.call({ layer: "ZeroPadding2D", config: { padding } }, x);
  }

  norm(x: SketchValue, activation: Activation = "linear"): SketchValue {
    return this.activation(this.sketch.call({ layer: "BatchNormalization", config: { epsilon: 1e-3 } }, x), activation);
  }

  activation(x: SketchValue, activation: Activation): SketchValue {
    return activation === "linear" ? x : this.sketch.call({ layer: "Activation", config: { activation } }, x);
  }

  add(x: SketchValue, y: SketchValue): SketchValue {
    return this.sketch.call({ layer: "Add", config: {} }, x, y);
  }

  globalPool(x: SketchValue, keepdims = false): SketchValue {
    return this.sketch.call({ layer: "GlobalAveragePooling2D", config: { keepdims } }, x);
  }

  /** Scales channels by what two pointwise convolutions make of their means. */
  squeezeExcite(x: SketchValue, squeezed: number, between: Activation, gate: Activation): SketchValue {
    const mean = this.globalPool(x, true);
    const reduced = this.activation(this.conv(mean, squeezed, 1, 1, true), between);
    const scale = this.activation(this.conv(reduced, x.shape.at(-1) ?? 1, 1, 1, true), gate);
    return this.sketch.call({ layer: "Multiply", config: {} }, x, scale);
  }

  call(spec: LayerSpec, ...inputs: SketchValue[]): SketchValue {
    return this.sketch.call(spec, ...inputs);
  }
}
