import { cpu } from "@keras-ts/backend-cpu";
import { registerBackend, setBackend } from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { makeKeras } from "../src/contestants/keras-model.ts";
import { compileTfjs, liftedShape } from "../src/contestants/tfjs-graph.ts";
import { compare, computeReference } from "../src/reference/compare.ts";
import { outputShape } from "../src/workloads/description.ts";
import { makeTask } from "../src/workloads/task.ts";
import { WORKLOADS } from "../src/workloads/workload.ts";
import { SMALL } from "./small-workloads.ts";

beforeAll(async () => {
  registerBackend(cpu());
  await setBackend("cpu");
});

test.each(SMALL)("the layers compute what the graph does: $name", (workload) => {
  const task = makeTask(workload);
  const layer = makeKeras(task);
  const x = tf.tensor(task.operands.input, [...task.description.inputShape]);
  const y = layer.apply(x);
  const output = Float32Array.from(y.dataSync());
  tf.dispose([x, y]);
  layer.dispose();
  expect(compare(output, computeReference(task.graph, task.operands.input))).toMatchObject({ agrees: true });
});

test.each(SMALL)("tfjs computes it too, and leaves no tensor behind: $name", (workload) => {
  const { graph, operands } = makeTask(workload);
  const before = tf.memory().numTensors;
  const compiled = compileTfjs(graph);
  const x = tf.tensor(operands.input, liftedShape(graph.inputShape));
  const y = compiled.run(x);
  const output = Float32Array.from(y.dataSync());
  tf.dispose([x, y]);
  compiled.dispose();
  expect(tf.memory().numTensors).toBe(before);
  expect(compare(output, computeReference(graph, operands.input))).toMatchObject({ agrees: true });
});

/** Sizes of the models of keras.applications: `count_params()` there, without top; EfficientNetB0 has 7 more in its Normalization layer. */
test.each([
  ["MobileNetV1 224×224", 3228864, [1, 1024]],
  ["MobileNetV2 224×224", 2257984, [1, 1280]],
  ["MobileNetV3Small 224×224", 939120, [1, 576]],
  ["EfficientNetB0 224×224", 4049571 - 7, [1, 1280]],
])("%s has Keras's number of weights, and its layers are ours", (name, count, shape) => {
  const workload = WORKLOADS.find((candidate) => candidate.name === name);
  if (!workload) throw new Error("There is no such workload.");
  const task = makeTask(workload);
  expect(task.operands.weights.flat().reduce((sum, { values }) => sum + values.length, 0)).toBe(count);
  expect(outputShape(task.description)).toEqual(shape);
  const model = makeKeras(task);
  expect(model.countParams()).toBe(count);
  model.dispose();
});
