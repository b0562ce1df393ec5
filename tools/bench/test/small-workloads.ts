/** Small workloads that use every layer and every op of the descriptions, with odd sizes and batches. */
import { Blocks } from "../src/workloads/blocks.ts";
import type { Description } from "../src/workloads/description.ts";
import { conv, convLstm, convTranspose, depthwise, separable } from "../src/workloads/single-layers.ts";
import { Sketch } from "../src/workloads/sketch.ts";
import { dsCnn } from "../src/workloads/small-models.ts";

export interface SmallWorkload {
  readonly name: string;
  readonly description: Description;
}

export const SMALL: readonly SmallWorkload[] = [
  { name: "depthwise 1D", description: depthwise(1, [9, 4], 3) },
  { name: "depthwise 2D, stride 2, even size", description: depthwise(1, [8, 6, 4], 3, 2) },
  { name: "depthwise 2D, stride 2, odd size, batch 2", description: depthwise(2, [7, 9, 4], 3, 2) },
  { name: "separable 1D", description: separable(1, [9, 4], 6, 3) },
  { name: "separable 2D", description: separable(1, [5, 6, 4], 3, 5) },
  { name: "conv 1D, batch 3", description: conv(3, [9, 4], 5, 3) },
  { name: "conv 2D, even kernel", description: conv(1, [5, 6, 3], 4, 2) },
  { name: "conv 3D", description: conv(2, [3, 4, 5, 2], 3, 3) },
  { name: "conv transpose 1D, stride 2", description: convTranspose(1, [5, 3], 4, 3, 2) },
  { name: "conv transpose 2D, stride 2", description: convTranspose(2, [3, 4, 3], 2, 4, 2) },
  { name: "ConvLSTM", description: convLstm(2, [3, 4, 5, 2], 3, 3) },
  { name: "causal, gated, summed", description: causal() },
  { name: "inverted block with a gate", description: gated() },
  { name: "down, up, beside", description: beside() },
  { name: "DS-CNN, batch 2", description: dsCnn(2) },
];

function causal(): Description {
  const sketch = new Sketch([1, 12, 3]);
  const config = { filters: 4, kernel_size: [2], dilation_rate: [4], padding: "causal" } as const;
  const filter = sketch.call({ layer: "Conv1D", config: { ...config, activation: "tanh" } }, sketch.input);
  const gate = sketch.call({ layer: "Conv1D", config: { ...config, activation: "sigmoid" } }, sketch.input);
  const product = sketch.call({ layer: "Multiply", config: {} }, filter, gate);
  const sum = sketch.call({ layer: "Add", config: {} }, product, filter, gate);
  sketch.call({ layer: "GlobalAveragePooling1D", config: { keepdims: false } }, sum);
  return sketch.description;
}

/** Both normalizations of inputs, padding by a layer, each activation of the large models. */
function gated(): Description {
  const m = new Blocks([2, 9, 8, 3]);
  const rescaled = m.call({ layer: "Rescaling", config: { scale: 1 / 127.5, offset: -1 } }, m.sketch.input);
  const normalization = { mean: [0.1, 0.2, 0.3], variance: [1, 2, 3] };
  const x = m.call({ layer: "Normalization", config: normalization }, rescaled);
  const expanded = m.norm(m.conv(x, 6, 1), "hard_silu");
  const depthwise = m.norm(m.paddedDepthwise(expanded, 5, 2), "silu");
  const projected = m.norm(m.conv(m.squeezeExcite(depthwise, 2, "relu", "hard_sigmoid"), 4, 1));
  const again = m.norm(m.conv(m.norm(m.depthwise(projected, 3), "relu6"), 4, 1), "elu");
  m.norm(m.add(projected, again));
  return m.sketch.description;
}

function beside(): Description {
  const m = new Blocks([1, 8, 6, 2]);
  const first = m.norm(m.conv(m.sketch.input, 3, 3), "relu");
  const most = m.call({ layer: "MaxPooling2D", config: { pool_size: [2, 2] } }, first);
  const config = { filters: 4, kernel_size: [2, 2], strides: [2, 2], padding: "same" } as const;
  const up = m.norm(m.call({ layer: "Conv2DTranspose", config }, most), "relu");
  const both = m.call({ layer: "Concatenate", config: {} }, up, first);
  const mean = m.call({ layer: "AveragePooling2D", config: { pool_size: [2, 3] } }, both);
  const flat = m.call({ layer: "Flatten", config: {} }, mean);
  m.call({ layer: "Dense", config: { units: 5, activation: "softmax" } }, flat);
  return m.sketch.description;
}
