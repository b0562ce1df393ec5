/** Layers that streams take, each behind a causal convolution and before another, and layers that they refuse, with the reason. */
import * as keras from "@keras-ts/core";

const { layers } = keras;
type Symbol = keras.KerasTensor;

/** Frames of the input of `aroundLayer`, and their features. */
export const FEATURES = 4;

/** A model with the layer between two causal convolutions. */
export function aroundLayer(layer: (x: Symbol) => Symbol): keras.Model {
  const input = keras.Input({ shape: [null, FEATURES] });
  const before: Symbol = layers.conv1d(input, { filters: 4, kernelSize: 3, padding: "causal", activation: "tanh" });
  const after: Symbol = layers.conv1d(layer(before), { filters: 3, kernelSize: 2, padding: "causal" });
  return new keras.Model({ inputs: input, outputs: after });
}

/** By name: the layer, the receptive field of the model around it, and what the frames of a call must be a multiple of. */
export const STREAMED: Readonly<Record<string, readonly [layer: (x: Symbol) => Symbol, field: number, every: number]>> =
  {
    "Conv1D with strides": [
      (x) => layers.conv1d(x, { filters: 4, kernelSize: 5, strides: 2, padding: "causal" }),
      3 + 4 + 2,
      2,
    ],
    "Conv1D of patches": [(x) => layers.conv1d(x, { filters: 4, kernelSize: 4, strides: 4 }), 3 + 3 + 4, 4],
    "Conv1D in groups": [
      (x) => layers.conv1d(x, { filters: 4, kernelSize: 4, groups: 2, padding: "causal" }),
      3 + 3 + 1,
      1,
    ],
    "ZeroPadding1D and Conv1D": [
      (x) =>
        layers.conv1d(layers.zeroPadding1d(x, { padding: [6, 0] }), { filters: 4, kernelSize: 3, dilationRate: 3 }),
      3 + 6 + 1,
      1,
    ],
    "ZeroPadding1D and MaxPooling1D": [
      (x) => layers.maxPooling1d(layers.zeroPadding1d(x, { padding: [2, 0] }), { poolSize: 3, strides: 1 }),
      3 + 2 + 1,
      1,
    ],
    "ZeroPadding1D and AveragePooling1D": [
      (x) => layers.averagePooling1d(layers.zeroPadding1d(x, { padding: [3, 0] }), { poolSize: 5, strides: 2 }),
      3 + 4 + 2,
      2,
    ],
    AveragePooling1D: [(x) => layers.averagePooling1d(x, { poolSize: 2 }), 3 + 1 + 2, 2],
    UpSampling1D: [(x) => layers.upSampling1d(x, { size: 3 }), 4, 1],
    "Conv1DTranspose without overlap": [
      (x) => layers.conv1dTranspose(x, { filters: 4, kernelSize: 2, strides: 2 }),
      4,
      1,
    ],
    LayerNormalization: [(x) => layers.layerNormalization(x), 4, 1],
    UnitNormalization: [(x) => layers.unitNormalization(x), 4, 1],
    Softmax: [(x) => layers.softmax(x), 4, 1],
    "PReLU shared over time": [(x) => layers.prelu(x, { sharedAxes: [1] }), 4, 1],
    "Dense, Dropout and a residual": [
      (x) => layers.add([x, layers.dropout(layers.dense(x, { units: 4 }), { rate: 0.5 })]),
      4,
      1,
    ],
    "Concatenate of two branches": [
      (x) =>
        layers.concatenate([
          layers.conv1d(x, { filters: 2, kernelSize: 9, padding: "causal" }),
          layers.conv1d(x, { filters: 2, kernelSize: 2, padding: "causal" }),
        ]),
      3 + 8 + 1,
      1,
    ],
    "Permute and back": [
      (x) => layers.permute(layers.relu(layers.permute(x, { dims: [2, 1] })), { dims: [2, 1] }),
      4,
      1,
    ],
    "Reshape to images and Conv2D": [
      (x) => {
        const image: Symbol = layers.zeroPadding2d(layers.reshape(x, { targetShape: [-1, 2, 2] }), {
          padding: [
            [2, 0],
            [1, 1],
          ],
        });
        return layers.reshape(layers.conv2d(image, { filters: 3, kernelSize: 3 }), { targetShape: [-1, 6] });
      },
      3 + 2 + 1,
      2,
    ],
  };

/** By name: the layer, called "it", and what the refusal says. */
export const REFUSED: Readonly<Record<string, readonly [layer: (x: Symbol) => Symbol, reason: RegExp]>> = {
  "padding same": [
    (x) => layers.conv1d(x, { filters: 4, kernelSize: 3, padding: "same", name: "it" }),
    /reach 1 frame ahead/,
  ],
  "padding valid": [(x) => layers.conv1d(x, { filters: 4, kernelSize: 3, name: "it" }), /reach 2 frames ahead.*causal/],
  "strides that do not divide": [
    (x) => layers.conv1d(x, { filters: 4, kernelSize: 3, strides: 3, padding: "causal", name: "it" }),
    /8 frames a call are not a multiple of its stride, 3/,
  ],
  "overlapping MaxPooling1D": [
    (x) => layers.maxPooling1d(x, { poolSize: 3, strides: 2, name: "it" }),
    /reach 1 frame ahead/,
  ],
  "MaxPooling1D with padding same": [
    (x) => layers.maxPooling1d(x, { poolSize: 3, strides: 1, padding: "same", name: "it" }),
    /begin before the signal/,
  ],
  AdaptiveAveragePooling1D: [
    (x) => layers.adaptiveAveragePooling1d(x, { outputSize: 4, name: "it" }),
    /length of the signal/,
  ],
  "zeros at the end": [(x) => layers.zeroPadding1d(x, { padding: [0, 2], name: "it" }), /pads 2 frames after/],
  "zeros alone": [
    (x) => layers.relu(layers.zeroPadding1d(x, { padding: [2, 0] }), { name: "it" }),
    /may follow padding/,
  ],
  Cropping1D: [(x) => layers.cropping1d(x, { cropping: [1, 0], name: "it" }), /single frames/],
  LSTM: [
    (x) => layers.lstm(x, { units: 4, returnSequences: true, name: "it" }),
    /mixes time.* layers do that walk over time/,
  ],
  GRU: [
    (x) => layers.gru(x, { units: 4, returnSequences: true, name: "it" }),
    /mixes time.* layers do that walk over time/,
  ],
  GroupNormalization: [(x) => layers.groupNormalization(x, { groups: 2, name: "it" }), /all of time/],
  "Softmax over time": [(x) => layers.softmax(x, { axis: 1, name: "it" }), /all of time/],
  "overlapping Conv1DTranspose": [
    (x) => layers.conv1dTranspose(x, { filters: 4, kernelSize: 3, strides: 2, padding: "same", name: "it" }),
    /overlap or are cut/,
  ],
};
