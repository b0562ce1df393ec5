/** Small models: keyword spotting, EEG, a U-Net, a stack of gated causal convolutions. */
import { Blocks } from "./blocks.ts";
import type { Activation, Description } from "./description.ts";
import { Sketch, type SketchValue } from "./sketch.ts";

/** DS-CNN of MLPerf Tiny's keyword spotting: 49 frames of 10 coefficients, 12 words. */
export function dsCnn(batch: number): Description {
  const m = new Blocks([batch, 49, 10, 1]);
  let x = m.norm(m.conv(m.sketch.input, 64, [10, 4], 2, true), "relu");
  for (let i = 0; i < 4; i++) {
    x = m.norm(m.depthwise(x, 3), "relu");
    x = m.norm(m.conv(x, 64, 1, 1, true), "relu");
  }
  m.call({ layer: "Dense", config: { units: 12, activation: "softmax" } }, m.globalPool(x));
  return m.sketch.description;
}

/** EEGNet-8,2 (Lawhern et al., 2018): 64 electrodes, 128 samples, 4 classes. */
export function eegNet(batch: number): Description {
  const m = new Blocks([batch, 64, 128, 1]);
  let x = m.norm(m.conv(m.sketch.input, 8, [1, 64]));
  const spatial = { kernel_size: [64, 1], depth_multiplier: 2, use_bias: false };
  x = m.norm(m.call({ layer: "DepthwiseConv2D", config: spatial }, x), "elu");
  x = m.call({ layer: "AveragePooling2D", config: { pool_size: [1, 4] } }, x);
  const separable = { filters: 16, kernel_size: [1, 16], padding: "same", use_bias: false } as const;
  x = m.norm(m.call({ layer: "SeparableConv2D", config: separable }, x), "elu");
  x = m.call({ layer: "AveragePooling2D", config: { pool_size: [1, 8] } }, x);
  x = m.call({ layer: "Flatten", config: {} }, x);
  m.call({ layer: "Dense", config: { units: 4, activation: "softmax" } }, x);
  return m.sketch.description;
}

/** Two steps down and up again, 128×128×1, 16 to 64 channels, one mask. */
export function uNet(batch: number): Description {
  const m = new Blocks([batch, 128, 128, 1]);
  const pair = (x: SketchValue, filters: number): SketchValue => {
    const first = m.norm(m.conv(x, filters, 3), "relu");
    return m.norm(m.conv(first, filters, 3), "relu");
  };
  const down = (x: SketchValue): SketchValue => m.call({ layer: "MaxPooling2D", config: { pool_size: [2, 2] } }, x);
  const up = (x: SketchValue, filters: number, side: SketchValue): SketchValue => {
    const config = { filters, kernel_size: [2, 2], strides: [2, 2], padding: "same" } as const;
    return m.call({ layer: "Concatenate", config: {} }, m.call({ layer: "Conv2DTranspose", config }, x), side);
  };
  const first = pair(m.sketch.input, 16);
  const second = pair(down(first), 32);
  const bottom = pair(down(second), 64);
  const x = pair(up(pair(up(bottom, 32, second), 32), 16, first), 16);
  m.activation(m.conv(x, 1, 1, 1, true), "sigmoid");
  return m.sketch.description;
}

/** WaveNet's stack: ten gated residual blocks of dilation 1 to 512 on 4096 samples, 32 channels, 64 to the output. */
export function waveNet(batch: number): Description {
  const sketch = new Sketch([batch, 4096, 1]);
  const conv = (
    x: SketchValue,
    filters: number,
    kernel: number,
    dilation = 1,
    activation: Activation = "linear",
  ): SketchValue => {
    const config = {
      filters,
      kernel_size: [kernel],
      dilation_rate: [dilation],
      padding: "causal",
      activation,
    } as const;
    return sketch.call({ layer: "Conv1D", config }, x);
  };
  let x = conv(sketch.input, 32, 2);
  const skips: SketchValue[] = [];
  for (let i = 0; i < 10; i++) {
    const filter = conv(x, 32, 2, 2 ** i, "tanh");
    const gate = conv(x, 32, 2, 2 ** i, "sigmoid");
    const gated = sketch.call({ layer: "Multiply", config: {} }, filter, gate);
    skips.push(conv(gated, 64, 1));
    if (i < 9) x = sketch.call({ layer: "Add", config: {} }, x, conv(gated, 32, 1));
  }
  const sum = sketch.call({ layer: "Add", config: {} }, ...skips);
  const head = conv(sketch.call({ layer: "Activation", config: { activation: "relu" } }, sum), 64, 1, 1, "relu");
  conv(head, 1, 1);
  return sketch.description;
}
