// A keyword spotter's shape from depthwise and separable convolutions alone: one second of audio as 98 frames of 40 features, in; the
// probabilities of 12 words, out. Untrained; what it shows is composition, the summary and the plan. Run: node main.mjs
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";

const WORDS = ["silence", "unknown", "yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"];

keras.registerBackend(cpu());
await keras.setBackend("cpu");

const relu = { padding: "same", activation: "relu" };
const model = new keras.Sequential({
  layers: [
    keras.Input({ shape: [98, 40] }),
    keras.layers.separableConv1d({ filters: 64, kernelSize: 9, strides: 2, ...relu, name: "stem" }), // [49, 64]
    keras.layers.separableConv1d({ filters: 64, kernelSize: 5, ...relu, name: "block" }),
    keras.layers.depthwiseConv1d({ kernelSize: 49, name: "whole_second" }), // as long as what is left: [1, 64]
    keras.layers.separableConv1d({ filters: WORDS.length, kernelSize: 1, activation: "softmax", name: "words" }),
  ],
});
model.summary({ printFn: (text) => console.log(text) });

// For a microphone callback: typed arrays in and out, nothing allocated between them.
const plan = await keras.plan(model, { inputShapes: [[1, 98, 40]] });
console.log(plan.explain());
const features = Float32Array.from({ length: 98 * 40 }, (_, i) => Math.sin(i / 7) * Math.cos(i / 300));
const [scores] = await plan.run([features]);
const best = scores.indexOf(Math.max(...scores));
console.log(
  `of ${scores.length} words the likeliest is "${WORDS[best]}"; the probabilities sum to ${scores.reduce((a, b) => a + b, 0).toFixed(3)}`,
);
plan.dispose();
