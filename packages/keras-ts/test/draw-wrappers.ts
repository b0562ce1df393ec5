/** Draws of layers around other layers. The layer inside is drawn like one by itself. */
import type { InnerLayer } from "../../conformance/src/layers/index.ts";
import type { Random } from "../../conformance/src/random.ts";
import {
  activation,
  batchNormalization,
  dense,
  embedding,
  layerNormalization,
  recurrent,
  shaping,
} from "./draw-other-layers.ts";
import { conv, convLstm, convTranspose, depthwiseConv, globalPooling, pooling } from "./draw-spatial-layers.ts";
import { type Drawer, type LayerDraw, maybe } from "./layer-draw.ts";

function drawInside(random: Random, choices: readonly (readonly [string, Drawer])[]): LayerDraw {
  const [className, drawer] = random.pick(choices);
  return { className, ...drawer(random, className) };
}

const innerOf = ({ className, args }: LayerDraw): InnerLayer => ({ className, args });

const RECURRENT = [
  ["LSTM", recurrent],
  ["GRU", recurrent],
  ["LSTM", recurrent],
  ["GRU", recurrent],
  ["ConvLSTM1D", convLstm],
] as const;

export const bidirectional: Drawer = (random) => {
  const drawn = drawInside(random, RECURRENT);
  // Going backwards is the other layer's part.
  const { goBackwards: _, ...args } = drawn.args;
  const layer = { className: drawn.className, args };
  const merge = maybe(random, 0.8) ? { mergeMode: random.pick(["concat", "sum", "mul", "ave", null] as const) } : {};
  const rest = { inputs: drawn.inputs, states: [...(drawn.states ?? []), ...(drawn.states ?? [])] };
  const options = { layer, ...merge };
  if (maybe(random, 0.7)) return { args: options, ...rest };
  const backwardLayer = {
    className: drawn.className,
    args: { ...args, goBackwards: true, activation: "softsign", useBias: maybe(random, 0.5) },
  };
  return { args: { ...options, backwardLayer }, ...rest };
};

const PER_STEP = [
  ["Activation", activation],
  ["AveragePooling2D", pooling],
  ["BatchNormalization", batchNormalization],
  ["BatchNormalization", batchNormalization],
  ["Conv1D", conv],
  ["Conv2D", conv],
  ["Dense", dense],
  ["DepthwiseConv1D", depthwiseConv],
  ["Embedding", embedding],
  ["Flatten", shaping],
  ["GlobalAveragePooling1D", globalPooling],
  ["GRU", recurrent],
  ["LayerNormalization", layerNormalization],
  ["LSTM", recurrent],
  ["MaxPooling1D", pooling],
  ["Permute", shaping],
  ["Reshape", shaping],
] as const;

export const timeDistributed: Drawer = (random) => {
  const drawn = drawInside(random, PER_STEP);
  const [[n = 1, ...sample] = []] = drawn.inputs;
  // Layers with one output only; and a step is `[n, …]` with something in it.
  const { returnState: _, ...args } = drawn.args;
  const step = sample.length === 0 ? [random.int(1, 4)] : sample;
  return {
    args: { layer: innerOf({ ...drawn, args }) },
    inputs: [[n, random.int(1, 3), ...step]],
    ...(drawn.indices === undefined ? {} : { indices: drawn.indices }),
  };
};

const WITH_KERNEL = [
  ["Conv1D", conv],
  ["Conv2D", conv],
  ["Conv1DTranspose", convTranspose],
  ["Dense", dense],
  ["Dense", dense],
  ["DepthwiseConv2D", depthwiseConv],
  ["Embedding", embedding],
] as const;

export const spectralNormalization: Drawer = (random) => {
  const { inputs, indices, ...inner } = drawInside(random, WITH_KERNEL);
  return {
    args: {
      layer: innerOf({ ...inner, inputs }),
      ...(maybe(random, 0.5) ? { powerIterations: random.int(1, 3) } : {}),
    },
    inputs,
    ...(indices === undefined ? {} : { indices }),
  };
};
