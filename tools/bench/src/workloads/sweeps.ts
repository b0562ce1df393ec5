/** How cost grows: the same work at growing length, channels, batch and depth. */
import type { Description } from "./description.ts";
import { depthwise, separable } from "./single-layers.ts";
import { Sketch } from "./sketch.ts";
import { dsCnn } from "./small-models.ts";
import { type Workload, workloadOf } from "./workload.ts";

export interface Sweep {
  readonly name: string;
  /** What grows. */
  readonly axis: string;
  readonly points: readonly { readonly x: number; readonly workload: Workload }[];
}

export const SWEEPS: readonly Sweep[] = [
  sweep("depthwise 1D C64 k7", "T", [64, 256, 1024, 4096, 16384], (t) => depthwise(1, [t, 64], 7)),
  sweep("separable 1D T256 C→C k9", "C", [8, 32, 128, 512], (c) => separable(1, [256, c], c, 9)),
  sweep("DS-CNN keyword spotting 49×10", "batch", [1, 2, 4, 8, 16], dsCnn),
  sweep("stack of separable 2D 28×28 64→64 k3", "depth", [1, 2, 4, 8, 16], separableStack),
];

function sweep(name: string, axis: string, xs: readonly number[], describe: (x: number) => Description): Sweep {
  const points = xs.map((x) => ({ x, workload: workloadOf(`${name}, ${axis} ${x}`, "layer", 1, () => describe(x)) }));
  return { name, axis, points };
}

/** Separable convolution, BatchNormalization, ReLU, so many times. */
function separableStack(depth: number): Description {
  const sketch = new Sketch([1, 28, 28, 64]);
  const config = { filters: 64, kernel_size: [3, 3], padding: "same", use_bias: false } as const;
  let x = sketch.input;
  for (let i = 0; i < depth; i++) {
    x = sketch.call({ layer: "SeparableConv2D", config }, x);
    x = sketch.call({ layer: "BatchNormalization", config: { epsilon: 1e-3 } }, x);
    x = sketch.call({ layer: "Activation", config: { activation: "relu" } }, x);
  }
  return sketch.description;
}
