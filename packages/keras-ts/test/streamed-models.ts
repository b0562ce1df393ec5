/** Models of causal layers, of which streams are made in tests. */
import * as keras from "@keras-ts/core";

const { layers } = keras;
type Symbol = keras.KerasTensor;

/** Gated, dilated convolutions with residuals and skips, as in WaveNet. */
export function waveNet(features = 3, channels = 8, dilations: readonly number[] = [1, 2, 4, 8, 16]): keras.Model {
  const input = keras.Input({ shape: [null, features] });
  let x: Symbol = layers.conv1d(input, { filters: channels, kernelSize: 2, padding: "causal" });
  const skips: Symbol[] = [];
  for (const dilationRate of dilations) {
    const args = { filters: channels, kernelSize: 2, padding: "causal", dilationRate } as const;
    const filter = layers.conv1d(x, { ...args, activation: "tanh" });
    const gate = layers.conv1d(x, { ...args, activation: "sigmoid" });
    const gated: Symbol = layers.multiply([filter, gate]);
    skips.push(layers.conv1d(gated, { filters: channels, kernelSize: 1 }));
    x = layers.add([x, layers.conv1d(gated, { filters: channels, kernelSize: 1 })]);
  }
  const sum = layers.relu(layers.add(skips));
  const output = layers.dense(sum, { units: 5, activation: "softmax" });
  return new keras.Model({ inputs: input, outputs: output });
}

/** Depthwise and separable convolutions with BatchNormalization and activations; `strides` in the first. Keras makes them causal by padding. */
export function separableChain(strides = 1, channels = 6): keras.Model {
  const input = keras.Input({ shape: [null, channels] });
  const before = (x: Symbol, frames: number): Symbol => layers.zeroPadding1d(x, { padding: [frames, 0] });
  let x: Symbol = layers.depthwiseConv1d(before(input, 4), { kernelSize: 5, strides, depthMultiplier: 2 });
  x = layers.relu(layers.batchNormalization(x));
  x = layers.separableConv1d(before(x, 6), { filters: 8, kernelSize: 3, dilationRate: 3, activation: "silu" });
  x = layers.batchNormalization(x);
  x = layers.separableConv1d(before(x, 6), { filters: 4, kernelSize: 7 });
  return new keras.Model({ inputs: input, outputs: x });
}
