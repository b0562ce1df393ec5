// A functional model with two inputs and two outputs: twelve heart beats from one electrode and the patient's age and weight; out come
// the kind of each beat and its cleaned signal. Untrained; what it shows is composing, predict and JSON. Run: node main.mjs
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";

const { layers, ops } = keras;
const KINDS = ["normal", "early", "wide", "paced"];
const [BEATS, STEPS] = [12, 128];

keras.registerBackend(cpu());
await keras.setBackend("cpu");

const beat = keras.Input({ shape: [STEPS, 1], name: "beat" });
const patient = keras.Input({ shape: [2], name: "patient" });

let x = layers.conv1d(beat, { filters: 16, kernelSize: 7, padding: "same" });
for (const dilationRate of [1, 2, 4]) {
  const branch = layers.separableConv1d(x, { filters: 16, kernelSize: 5, padding: "same", dilationRate });
  x = layers.relu(layers.add([x, layers.batchNormalization(branch)]));
}
const cleaned = layers.conv1d({ filters: 1, kernelSize: 1, name: "cleaned" }).apply(ops.multiply(x, 0.5)); // ops are layers here, too
const features = layers.concatenate([layers.globalAveragePooling1d(x), layers.dense(patient, { units: 4 })]);
const kind = layers.dense(features, { units: KINDS.length, activation: "softmax", name: "kind" });
const model = new keras.Model({ inputs: { beat, patient }, outputs: { kind, cleaned }, name: "heart" });
model.summary();

// Typed arrays by the names of the inputs; three batches of at most five.
const data = {
  beat: Float32Array.from({ length: BEATS * STEPS }, (_, i) => Math.exp(-((((i % STEPS) - 40) / 6) ** 2))),
  patient: Float32Array.from({ length: BEATS * 2 }, (_, i) => (i % 2 ? 72 : 54) / 100),
};
const batches = [];
const predicted = model.predict(data, {
  batchSize: 5,
  onProgress: ({ step, steps }) => batches.push(`${step}/${steps}`),
});
console.log(
  `predicted in batches ${batches.join(", ")}: kind [${predicted.kind.shape}], cleaned [${predicted.cleaned.shape}]`,
);

// The same JSON as Python's model.to_json(): keras.models.model_from_json reads it there, this reads Python's.
const copy = keras.modelFromJSON(model.toJSON());
copy.setWeights(model.getWeights());
const again = copy.predict(data);
const [a, b] = [predicted, again].map(({ kind: scores }) => scores.dataSync());
console.log(
  `the copy agrees: ${a.every((score, i) => Math.abs(score - b[i]) < 1e-6)}; its JSON too: ${copy.toJSON() === model.toJSON()}`,
);
