/**
 * Models of keras.applications at 224×224×3 to their global average pooling, layer for layer. What a layer is stands in Keras's
 * definitions; where those write an activation as ops or as a ReLU layer with options, the Activation layer of the same function stands here.
 */
import { Blocks } from "./blocks.ts";
import type { Activation, Description } from "./description.ts";
import type { SketchValue } from "./sketch.ts";

const SIZE = 224;

export function mobileNetV1(batch: number): Description {
  const m = new Blocks([batch, SIZE, SIZE, 3]);
  let x = m.norm(m.conv(m.sketch.input, 32, 3, 2), "relu6");
  const rows = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
  ] as const;
  const tail = [
    [1024, 2],
    [1024, 1],
  ] as const;
  for (const [filters, stride] of [...rows, ...Array.from({ length: 5 }, () => [512, 1] as const), ...tail]) {
    x = m.norm(m.paddedDepthwise(x, 3, stride), "relu6");
    x = m.norm(m.conv(x, filters, 1), "relu6");
  }
  m.globalPool(x);
  return m.sketch.description;
}

export function mobileNetV2(batch: number): Description {
  const m = new Blocks([batch, SIZE, SIZE, 3]);
  let x = m.norm(m.conv(m.sketch.input, 32, 3, 2), "relu6");
  x = m.norm(m.depthwise(x, 3), "relu6");
  x = m.norm(m.conv(x, 16, 1));
  // Filters, blocks, stride of the first.
  for (const [filters, count, first] of [
    [24, 2, 2],
    [32, 3, 2],
    [64, 4, 2],
    [96, 3, 1],
    [160, 3, 2],
    [320, 1, 1],
  ] as const) {
    for (let i = 0; i < count; i++) {
      x = invertedBlock(m, x, { expanded: 6 * channelsOf(x), filters, kernel: 3, stride: i === 0 ? first : 1 });
    }
  }
  m.globalPool(m.norm(m.conv(x, 1280, 1), "relu6"));
  return m.sketch.description;
}

export function mobileNetV3Small(batch: number): Description {
  const m = new Blocks([batch, SIZE, SIZE, 3]);
  let x = m.call({ layer: "Rescaling", config: { scale: 1 / 127.5, offset: -1 } }, m.sketch.input);
  x = m.norm(m.conv(x, 16, 3, 2), "hard_silu");
  // Expanded channels, filters, kernel, stride, squeezed channels (0: none), activation.
  for (const [expanded, filters, kernel, stride, squeezed, activation] of [
    [16, 16, 3, 2, 8, "relu"],
    [72, 24, 3, 2, 0, "relu"],
    [88, 24, 3, 1, 0, "relu"],
    [96, 40, 5, 2, 24, "hard_silu"],
    [240, 40, 5, 1, 64, "hard_silu"],
    [240, 40, 5, 1, 64, "hard_silu"],
    [120, 48, 5, 1, 32, "hard_silu"],
    [144, 48, 5, 1, 40, "hard_silu"],
    [288, 96, 5, 2, 72, "hard_silu"],
    [576, 96, 5, 1, 144, "hard_silu"],
    [576, 96, 5, 1, 144, "hard_silu"],
  ] as const) {
    const gate = { squeezed, between: "relu", gate: "hard_sigmoid" } as const;
    x = invertedBlock(m, x, { expanded, filters, kernel, stride, activation, ...(squeezed > 0 ? { gate } : {}) });
  }
  m.globalPool(m.norm(m.conv(x, 576, 1), "hard_silu"));
  return m.sketch.description;
}

export function efficientNetB0(batch: number): Description {
  const m = new Blocks([batch, SIZE, SIZE, 3]);
  let x = m.call({ layer: "Rescaling", config: { scale: 1 / 255, offset: 0 } }, m.sketch.input);
  // ImageNet's statistics, as `weights="imagenet"` brings them.
  const normalization = { mean: [0.485, 0.456, 0.406], variance: [0.229 ** 2, 0.224 ** 2, 0.225 ** 2] };
  x = m.call({ layer: "Normalization", config: normalization }, x);
  const stem = { filters: 32, kernel_size: [3, 3], strides: [2, 2], use_bias: false };
  x = m.norm(m.call({ layer: "Conv2D", config: stem }, m.padFor(x, 3)), "silu");
  // Expansion, filters, blocks, kernel, stride of the first.
  for (const [expansion, filters, count, kernel, first] of [
    [1, 16, 1, 3, 1],
    [6, 24, 2, 3, 2],
    [6, 40, 2, 5, 2],
    [6, 80, 3, 3, 2],
    [6, 112, 3, 5, 1],
    [6, 192, 4, 5, 2],
    [6, 320, 1, 3, 1],
  ] as const) {
    for (let i = 0; i < count; i++) {
      const channels = channelsOf(x);
      const gate = { squeezed: Math.max(1, Math.floor(channels / 4)), between: "silu", gate: "sigmoid" } as const;
      const stride = i === 0 ? first : 1;
      x = invertedBlock(m, x, { expanded: expansion * channels, filters, kernel, stride, activation: "silu", gate });
    }
  }
  m.globalPool(m.norm(m.conv(x, 1280, 1), "silu"));
  return m.sketch.description;
}

interface InvertedBlock {
  readonly expanded: number;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly activation?: Activation;
  readonly gate?: { readonly squeezed: number; readonly between: Activation; readonly gate: Activation };
}

/** Expand, depthwise, squeeze and excite, project, and the way around them where shapes allow. */
function invertedBlock(m: Blocks, x: SketchValue, block: InvertedBlock): SketchValue {
  const { expanded, filters, kernel, stride, activation = "relu6", gate } = block;
  let y = x;
  if (expanded !== channelsOf(x)) y = m.norm(m.conv(y, expanded, 1), activation);
  y = m.norm(m.paddedDepthwise(y, kernel, stride), activation);
  if (gate) y = m.squeezeExcite(y, gate.squeezed, gate.between, gate.gate);
  y = m.norm(m.conv(y, filters, 1));
  return stride === 1 && filters === channelsOf(x) ? m.add(x, y) : y;
}

function channelsOf(x: SketchValue): number {
  return x.shape.at(-1) ?? 1;
}
