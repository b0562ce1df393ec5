/** Layers that draw in training: equal to Keras on JAX for a seed, of the right statistics without one, exact at inference. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

const COUNT = 40_000;
const SPREAD = 5; // standard errors that a statistic may be off

function drawn(layer: keras.Layer, x: tf.Tensor): Float32Array {
  const y = layer.apply(x, { training: true });
  const values = y.dataSync<"float32">();
  y.dispose();
  return values;
}

function statistics(values: Float32Array) {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

describe("Dropout", () => {
  it("draws what Keras draws for a seed, and goes on", () => {
    const layer = new keras.Dropout({ rate: 0.5, seed: 3 });
    const x = tf.ones([8]);
    expect([...drawn(layer, x)]).toEqual([0, 2, 0, 0, 2, 2, 0, 2]);
    expect([...drawn(layer, x)]).not.toEqual([0, 2, 0, 0, 2, 2, 0, 2]);
  });

  it.each([0.1, 0.5, 0.9])("drops a share of %d and keeps the mean", (rate) => {
    const values = drawn(new keras.Dropout({ rate }), tf.ones([COUNT]));
    const kept = values.filter((v) => v !== 0);
    for (const v of kept) expect(v).toBeCloseTo(1 / (1 - rate), 5);
    expect(Math.abs(1 - kept.length / COUNT - rate)).toBeLessThan(SPREAD * Math.sqrt((rate * (1 - rate)) / COUNT));
  });

  it("rate 1 gives zeros, whose derivative is 0", () => {
    const layer = new keras.Dropout({ rate: 1 });
    const x = tf.tensor([1, Number.NaN, 3]);
    expect([...drawn(layer, x)]).toEqual([0, 0, 0]);
    const gradient = tf.grad((v) => keras.ops.sum(layer.apply(v, { training: true })))(x);
    expect([...gradient.dataSync()]).toEqual([0, 0, 0]);
  });

  it("one draw along the axes where the noise has size 1", () => {
    const layer = new keras.Dropout({ rate: 0.5, noiseShape: [null, 1, 4], seed: 1 });
    const values = drawn(layer, tf.ones([2, 3, 4]));
    for (const start of [0, 12]) for (let i = 0; i < 8; i++) expect(values[start + i]).toBe(values[start + 4 + i]);
    expect(() => layer.apply(tf.ones([2, 3, 5]), { training: true })).toThrow(/noise_shape=\(None, 1, 4\)/);
  });
});

describe("SpatialDropout", () => {
  it.each([
    [new keras.SpatialDropout1D({ rate: 0.5 }), [5, 6, 40], 2],
    [new keras.SpatialDropout2D({ rate: 0.5 }), [5, 3, 2, 40], 3],
    [new keras.SpatialDropout2D({ rate: 0.5, dataFormat: "channels_first" }), [5, 40, 3, 2], 1],
    [new keras.SpatialDropout3D({ rate: 0.5 }), [5, 3, 2, 1, 40], 4],
  ])("%# drops whole channels", (layer, shape, channelAxis) => {
    const y = layer.apply(tf.ones(shape), { training: true });
    const others = shape.map((_, i) => i).filter((i) => i !== 0 && i !== channelAxis);
    expect([...tf.max(y, others).dataSync()]).toEqual([...tf.min(y, others).dataSync()]);
    expect(new Set(y.dataSync())).toEqual(new Set([0, 2]));
  });
});

describe("noise", () => {
  it("GaussianNoise adds mean 0 and its standard deviation", () => {
    const { mean, variance } = statistics(drawn(new keras.GaussianNoise({ stddev: 0.3 }), tf.fill([COUNT], 2)));
    expect(Math.abs(mean - 2)).toBeLessThan((SPREAD * 0.3) / Math.sqrt(COUNT));
    expect(Math.abs(variance / 0.09 - 1)).toBeLessThan(SPREAD * Math.sqrt(2 / COUNT));
  });

  it("GaussianDropout multiplies by mean 1 and variance rate / (1 − rate)", () => {
    const { mean, variance } = statistics(drawn(new keras.GaussianDropout({ rate: 0.2 }), tf.ones([COUNT])));
    expect(Math.abs(mean - 1)).toBeLessThan((SPREAD * 0.5) / Math.sqrt(COUNT));
    expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(SPREAD * Math.sqrt(2 / COUNT));
  });

  it("AlphaDropout keeps mean and variance of normal values", () => {
    const x = keras.random.normal([COUNT], { seed: 7 });
    const { mean, variance } = statistics(drawn(new keras.AlphaDropout({ rate: 0.3 }), x));
    expect(Math.abs(mean)).toBeLessThan(SPREAD / Math.sqrt(COUNT));
    expect(Math.abs(variance - 1)).toBeLessThan(SPREAD * Math.sqrt(4 / COUNT));
  });
});

const LAYERS = [
  () => new keras.Dropout({ rate: 0.5 }),
  () => new keras.SpatialDropout1D({ rate: 0.5 }),
  () => new keras.GaussianNoise({ stddev: 0.5 }),
  () => new keras.GaussianDropout({ rate: 0.5 }),
  () => new keras.AlphaDropout({ rate: 0.5 }),
];

describe.each(LAYERS.map((make) => [make().className, make] as const))("%s", (_name, make) => {
  const x = () => keras.random.normal([2, 3, 4], { seed: 1 });

  it("returns its input at inference, planned too", async () => {
    const given = [...x().dataSync()];
    for (const options of [{}, { training: false }, { training: null }])
      expect([...make().apply(x(), options).dataSync()]).toEqual(given);
    using plan = await keras.plan(make(), { inputShapes: [[2, 3, 4]] });
    expect([...(plan.runSync([Float32Array.from(given)])[0] ?? [])]).toEqual(given);
  });

  it("leaves no tensors behind", () => {
    const layer = make();
    const input = x();
    const before = tf.memory().numTensors;
    layer.apply(input, { training: true }).dispose();
    layer.apply(input).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
