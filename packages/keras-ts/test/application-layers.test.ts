/** Layers that only models of keras.applications hold: what draws, and what is refused. Numbers and moments of refusal: Keras 3.15.1 on JAX. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

beforeEach(() => keras.clearSession());

describe("StochasticDepth", () => {
  // set_random_seed(7); StochasticDepth(0.4)(ones((12, 1, 2)), training=True), three times.
  test("drops the samples that Keras drops", async () => {
    const layer = new keras.StochasticDepth({ dropPathRate: 0.4 });
    keras.random.setRandomSeed(7);
    const dropped = [];
    for (let call = 0; call < 3; call++) {
      const y = layer.apply(tf.ones([12, 1, 2]), { training: true });
      const values = Array.from(await y.data());
      expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / Math.fround(0.6))]));
      dropped.push(values.filter((_, i) => i % 2 === 0).reduce((word, value) => word + (value === 0 ? "-" : "+"), ""));
    }
    expect(dropped).toEqual(["++-++-+--++-", "+---+++--+-+", "--+++-++-+++"]);
  });

  test("at rate 1 gives NaN in training, as Keras does", async () => {
    const y = new keras.StochasticDepth({ dropPathRate: 1 }).apply(tf.ones([2, 2]), { training: true });
    expect(await y.data()).toEqual(Float32Array.from({ length: 4 }, () => Number.NaN));
  });

  test("leaves no tensor behind", () => {
    const layer = new keras.StochasticDepth({ dropPathRate: 0.5 });
    const x = tf.ones([4, 2]);
    const before = tf.memory().numTensors;
    layer.apply(x, { training: true }).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("looks at its rate when it draws", () => {
    const layer = new keras.StochasticDepth({ dropPathRate: "a" as never });
    layer.apply(tf.ones([2, 2]));
    expect(() => layer.apply(tf.ones([2, 2]), { training: true })).toThrow(/drop_path_rate='a'/);
  });
});

describe("LayerScale", () => {
  test("has a weight without a name, counted as Keras counts", () => {
    const layers = [1, 2].map(
      (projectionDim) => new keras.LayerScale({ initValues: 0.5, projectionDim, name: "scale" }),
    );
    for (const layer of layers) layer.apply(tf.ones([2, layer.projectionDim]));
    expect(layers.map(({ gamma }) => gamma?.path)).toEqual(["scale/variable", "scale/variable_1"]);
  });

  test.each([
    ["no size", { initValues: 1, projectionDim: "a" as never }, /projection_dim='a'/],
    ["null", { initValues: 1, projectionDim: null as never }, /projection_dim=None/],
    ["below 0", { initValues: 1, projectionDim: -1 }, /projection_dim=-1/],
    ["fraction", { initValues: 1, projectionDim: 2.5 }, /projection_dim=2\.5/],
    ["no number", { initValues: "a" as never, projectionDim: 2 }, /init_values='a'/],
  ])("refuses %s at build", (_, args, message) => {
    const layer = new keras.LayerScale(args);
    expect(() => layer.apply(tf.ones([2, 2]))).toThrow(message);
  });

  test("refuses another size of the last axis at the call", () => {
    const layer = new keras.LayerScale({ initValues: 1, projectionDim: 3 });
    layer.build([null, 2]);
    expect(() => layer.apply(tf.ones([5, 2]))).toThrow(keras.ValueError);
  });
});

describe("CustomScaleLayer", () => {
  test("adds the second input, scaled, and leaves out others", async () => {
    const [a, b] = [tf.ones([2, 2]), tf.fill([2, 2], 3)];
    const y = new keras.CustomScaleLayer({ scale: 0.5 }).apply<tf.Tensor>([a, b, b]);
    expect([...(await y.data())]).toEqual([2.5, 2.5, 2.5, 2.5]);
  });

  test.each([
    ["one input", { scale: 1 }, [tf.ones([2, 2])], /a list of two inputs/],
    ["no number", { scale: "a" as never }, [tf.ones([2, 2]), tf.ones([2, 2])], /scale='a'/],
    ["shapes that do not fit", { scale: 1 }, [tf.ones([5, 2]), tf.ones([5, 3])], /\(5, 2\)|5,2/],
  ])("refuses %s", (_, args, inputs, message) => {
    expect(() => new keras.CustomScaleLayer(args).apply(inputs)).toThrow(message);
  });

  test("is read and written under Keras's internal module", () => {
    const x = keras.Input({ shape: [3] });
    const y = new keras.CustomScaleLayer({ scale: 0.1 }).apply<keras.KerasTensor>([x, x]);
    const text = new keras.Model({ inputs: x, outputs: y }).toJSON();
    expect(text).toContain('"module":"keras.src.applications.inception_resnet_v2","class_name":"CustomScaleLayer"');
    expect(text).toContain('"registered_name":"CustomScaleLayer"');
    expect(keras.modelFromJSON(text).toJSON()).toBe(text);
  });
});
