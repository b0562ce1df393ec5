// One layer on its own, in Node: a moving average and a difference of each channel. Run: node main.mjs
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";

keras.registerBackend(cpu());
console.log(`backend: ${await keras.setBackend("cpu")}`);

const x = tf.tensor([1, 10, 2, 20, 4, 40, 8, 80, 16, 160], [1, 5, 2]); // [batch, steps, channels]
const layer = new keras.DepthwiseConv1D({ kernelSize: 2, depthMultiplier: 2, useBias: false });
layer.build(x.shape);
layer.setWeights([
  tf.tensor([0.5, -1, 0.5, -1, 0.5, 1, 0.5, 1], [2, 2, 2]), // [taps, channels, filters of a channel]
]);
const y = layer.apply(x);
console.log(`output: [${y.shape}]`);
for (const step of (await y.array())[0]) console.log(step.join("  "));
