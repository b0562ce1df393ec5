// The model that the audio thread streams: two dilated causal convolutions that echo the signal, and one that softens it.
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";

/** Frames that an AudioWorklet is given at a time. */
export const FRAMES = 128;

/** Two taps: the signal, and what it was `delay` frames ago. */
function echo(delay: number, strength: number): keras.Conv1D {
  const layer = new keras.Conv1D({ filters: 1, kernelSize: 2, dilationRate: delay, padding: "causal", useBias: false });
  layer.build([1, null, 1]);
  layer.setWeights([tf.tensor([strength, 1], [2, 1, 1])]);
  return layer;
}

/** [batch, frames, 1] → the same, soft-clipped. */
export function echoes(): keras.Sequential {
  const smooth = new keras.Conv1D({ filters: 1, kernelSize: 8, padding: "causal", activation: "tanh" });
  smooth.build([1, null, 1]);
  smooth.setWeights([tf.fill([8, 1, 1], 1 / 8), tf.zeros([1])]);
  return new keras.Sequential({
    layers: [keras.Input({ shape: [null, 1] }), echo(1500, 0.6), echo(2750, 0.3), smooth],
  });
}
