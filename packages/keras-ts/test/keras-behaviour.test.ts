/** Behaviour around layers as Keras 3.15.1 shows it; each expectation was printed by Keras on JAX for the same program. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, expect, test } from "vitest";

let backend: keras.Backend;

beforeAll(async () => {
  backend = cpu();
  keras.registerBackend(backend);
  await keras.setBackend("cpu");
});

beforeEach(() => keras.clearSession());

const depthwise = (args: Partial<keras.DepthwiseConvArgs> = {}) =>
  new keras.DepthwiseConv1D({ kernelSize: 2, ...args });
const paths = (layer: keras.Layer) => layer.weights.map((w) => w.path);

test("weights are named by the models that built them", () => {
  const inner = new keras.Sequential({ name: "inner", layers: [depthwise({ name: "a" })] });
  const outer = new keras.Sequential({ name: "outer", layers: [keras.Input({ shape: [10, 3] }), inner] });
  expect(paths(outer)).toEqual(["outer/inner/a/kernel", "outer/inner/a/bias"]);
  const built = depthwise({ name: "a" });
  built.build([null, 10, 3]);
  const around = new keras.Sequential({ name: "around", layers: [keras.Input({ shape: [10, 3] }), built] });
  expect(paths(around)).toEqual(["a/kernel", "a/bias"]);
  for (const model of [outer, around]) model.dispose();
});

test("a layer used as activation belongs to the layer that uses it, from its first call on", () => {
  const before = { tensors: tf.memory().numTensors, packed: backend.memory().packed };
  const inner = depthwise({ name: "pp" });
  const layer = new keras.DepthwiseConv1D({ kernelSize: 3, name: "c", activation: inner });
  layer.build([null, 8, 2]);
  expect(paths(layer)).toEqual(["c/kernel", "c/bias"]);
  const x = tf.ones([1, 8, 2]);
  layer.apply(x).dispose();
  expect(paths(layer)).toEqual(["c/kernel", "c/bias", "c/pp/kernel", "c/pp/bias"]);
  expect(layer.countParams()).toBe(14);
  layer.trainable = false;
  expect(inner.trainableWeights).toEqual([]);
  x.dispose();
  layer.dispose();
  expect({ tensors: tf.memory().numTensors, packed: backend.memory().packed }).toEqual(before);
});

test("the global data format is taken at construction and changes nothing for layers that have one", () => {
  const last = depthwise({ depthwiseInitializer: "ones" });
  keras.config.setImageDataFormat("channels_first");
  try {
    const first = depthwise({ depthwiseInitializer: "ones" });
    const separable = new keras.SeparableConv1D({ filters: 4, kernelSize: 2 });
    expect([first.dataFormat, last.dataFormat]).toEqual(["channels_first", "channels_last"]);
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R3>([1, 5, 2]);
      expect(last.apply(x).shape).toEqual([1, 4, 2]);
      expect(first.apply(x).shape).toEqual([1, 5, 1]);
      expect(separable.apply(x).shape).toEqual([1, 4, 1]);
      expect(keras.ops.depthwiseConv(x, tf.ones([2, 5, 1])).shape).toEqual([1, 5, 1]);
    });
    for (const layer of [first, separable]) layer.dispose();
  } finally {
    keras.config.setImageDataFormat("channels_last");
    last.dispose();
  }
});

test("losses come in Keras's order, also from nested models", () => {
  const ones = { depthwiseInitializer: "ones" } as const;
  const inner = new keras.Sequential({
    layers: [
      depthwise({ ...ones, name: "a", activityRegularizer: "l2" }),
      depthwise({ ...ones, name: "b", activityRegularizer: "l1", depthwiseRegularizer: "l2" }),
    ],
  });
  const outer = new keras.Sequential({
    layers: [
      depthwise({ ...ones, activityRegularizer: "l1" }),
      inner,
      depthwise({ ...ones, activityRegularizer: "l1" }),
    ],
  });
  const x = tf.ones([2, 10, 3]);
  outer.apply(x).dispose();
  // z = 2, a = 4, b = 8, y = 16 everywhere: L1 of z, then b before a (Keras reverses below the first level), y, L2 of b's kernel.
  const expected = [0.01 * 2 * 27, 0.01 * 8 * 21, 0.01 * 16 * 24, 0.01 * 16 * 18, 0.01 * 6];
  const losses = outer.losses;
  for (const [i, loss] of losses.entries()) expect(loss.dataSync()[0]).toBeCloseTo(expected[i] ?? Number.NaN, 4);
  expect(losses).toHaveLength(expected.length);
  outer.apply(keras.Input({ shape: [10, 3] }));
  expect(outer.losses).toHaveLength(1);
  tf.dispose([x, ...losses]);
  outer.dispose();
});

test("a model keeps the batch size it was built by a call with, and takes others", () => {
  const model = new keras.Sequential({ layers: [depthwise()] });
  tf.tidy(() => {
    expect(model.apply(tf.ones([2, 10, 3])).shape).toEqual([2, 9, 3]);
    expect(model.apply(tf.ones([4, 12, 3])).shape).toEqual([4, 11, 3]);
  });
  expect(model.getConfig().build_input_shape).toEqual([2, 10, 3]);
  model.dispose();
});

test("a model may hold a layer twice, and is no longer built once its last layer is gone", () => {
  const layer = depthwise();
  const model = new keras.Sequential({ layers: [keras.Input({ shape: [10, 3] }), layer, layer] });
  expect([model.weights.length, model.outputShape, model.layers.length]).toEqual([2, [null, 8, 3], 2]);
  model.pop();
  expect([model.built, model.getConfig().build_input_shape]).toEqual([true, [null, 10, 3]]);
  model.pop();
  expect([model.built, model.getConfig().build_input_shape]).toEqual([false, undefined]);
  layer.dispose();
});

test("disposed tensors and layers are refused, and what was there before stays", () => {
  const layer = depthwise({ name: "stem" });
  const x = tf.ones([1, 5, 2]);
  const first = layer.apply(x);
  const before = tf.memory().numTensors;
  const gone = tf.ones([2, 2, 1]);
  gone.dispose();
  const bias = tf.zeros([2]);
  expect(() => layer.setWeights([gone, bias])).toThrow(/stem\/kernel was disposed/);
  expect(() => layer.kernel.assign(gone)).toThrow(/stem\/kernel.*disposed/);
  bias.dispose();
  const again = layer.apply(x);
  expect(again.dataSync()).toEqual(first.dataSync());
  again.dispose();
  expect(tf.memory().numTensors).toBe(before);
  layer.dispose();
  const unbuilt = depthwise();
  unbuilt.dispose();
  for (const use of [
    () => layer.getWeights(),
    () => unbuilt.build([null, 9, 3]),
    () => unbuilt.ensureBuilt([[1, 9, 3]]),
  ]) {
    expect(use).toThrow(/was disposed and cannot be used/);
  }
  tf.dispose([x, first]);
});

test("an activity regularizer that throws leaves nothing behind", () => {
  const layer = depthwise({
    activityRegularizer: () => {
      throw new Error("no penalty today");
    },
  });
  const x = tf.ones([1, 5, 2]);
  layer.build([1, 5, 2]);
  const before = tf.memory().numTensors;
  expect(() => layer.apply(x)).toThrow("no penalty today");
  expect(tf.memory().numTensors).toBe(before);
  layer.dispose();
  x.dispose();
});

test("mistakes in arguments are answered by name", async () => {
  const layer = depthwise();
  const nothing = undefined as never;
  const refusals: [() => unknown, RegExp][] = [
    [() => new keras.DepthwiseConv1D(nothing), /DepthwiseConv1D takes its arguments as one object/],
    [() => new keras.DepthwiseConv1D({ kernel_size: 3 } as never), /`kernel_size` is written `kernelSize` here/],
    [() => keras.Input({ shape: [3], batch_size: 3 } as never), /batch_size/],
    [() => keras.Input({ shape: [3], batchSize: -2 }), /batch_size=-2/],
    [() => keras.Input({ shape: [3], sparse: true }), /sparse/],
    [() => depthwise({ inputShape: [Number.NaN, 3] }), /input_shape/],
    [() => new keras.Sequential({ layers: 3 as never }), /list of layers/],
    [() => keras.Sequential.fromConfig({ class_name: "Sequential" }), /list of layers/],
    [() => new keras.Sequential().add(layer.apply(keras.Input({ shape: [5, 2] }))), /Only instances of Layer/],
    [() => keras.registerBackend(cpu as never), /such as cpu\(\)/],
    [() => cpu({ thread: 4 } as never), /thread/],
  ];
  for (const [use, message] of refusals) expect(use).toThrow(message);
  await expect(keras.plan(layer, { inputShapes: [2, 10, 3] as never })).rejects.toThrow(/one shape an input/);
  await expect(keras.plan(nothing)).rejects.toThrow(/takes a layer or a model/);
  await expect(keras.setBackend(3 as never)).rejects.toThrow(/names=3/);
  expect(keras.getBackend()).toBe(backend);
  layer.dispose();
});
