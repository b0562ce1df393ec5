/** Plans behind `apply` and `predict`: kept by size, over all layers, made again when needed. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, expect, test } from "vitest";

const backend = cpu();
const atFirst = keras.config.planCacheBytes();

beforeAll(async () => {
  keras.registerBackend(backend);
  await keras.setBackend("cpu");
});

afterEach(() => {
  keras.config.setPlanCacheBytes(atFirst);
});

/** The sum of ones through a layer that adds up two neighbours, at `length` positions. */
function sums(layer: keras.Layer, length: number): number[] {
  return tf.tidy(() => [...layer.apply<tf.Tensor>(tf.ones([1, length, 1])).dataSync<"float32">()]);
}

const summing = () => keras.conv1d({ filters: 1, kernelSize: 2, kernelInitializer: "ones" });

test("starts at 256 MiB and takes only sizes", () => {
  expect(atFirst).toBe(256 * 2 ** 20);
  keras.config.setPlanCacheBytes(12);
  expect(keras.config.planCacheBytes()).toBe(12);
  for (const bytes of [-1, Number.NaN]) expect(() => keras.config.setPlanCacheBytes(bytes)).toThrow(keras.ValueError);
});

test("a layer keeps plans for more shapes than eight, and the same weights for all", () => {
  const layer = summing();
  const before = backend.memory().packed;
  for (let round = 0; round < 2; round++)
    for (let length = 2; length < 40; length++) expect(sums(layer, length)).toEqual(new Array(length - 1).fill(2));
  expect(backend.memory().packed).toBe(before + 1);
  layer.dispose();
  expect(backend.memory().packed).toBe(before);
});

test("with no room every layer still runs; one plan is kept", () => {
  keras.config.setPlanCacheBytes(0);
  const before = backend.memory();
  const layers = [summing(), summing(), summing()];
  for (let round = 0; round < 3; round++)
    for (const layer of layers) for (const length of [5, 9]) expect(sums(layer, length)).toHaveLength(length - 1);
  expect(backend.memory().packed).toBe(before.packed + 1);
  keras.config.setPlanCacheBytes(0);
  for (const layer of layers) layer.dispose();
  expect(backend.memory()).toEqual(before);
});

test("a weight that changes is counted as one", () => {
  const layer = summing();
  const before = backend.memory().packed;
  for (let value = 1; value < 5; value++) {
    layer.weights[0]?.assign(tf.fill([2, 1, 1], value));
    for (const length of [3, 4, 5]) expect(sums(layer, length)[0]).toBe(2 * value);
  }
  expect(backend.memory().packed).toBe(before + 1);
  layer.dispose();
});

test("predict of a model keeps to it as well", () => {
  keras.config.setPlanCacheBytes(0);
  const model = new keras.Sequential({ layers: [summing(), summing()] });
  const before = backend.memory();
  for (const length of [4, 7, 4]) {
    const y = model.predict(tf.ones([3, length, 1])) as tf.Tensor;
    expect(y.shape).toEqual([3, length - 2, 1]);
    y.dispose();
  }
  model.dispose();
  expect(backend.memory()).toEqual(before);
});

test("plans make room where the heap is small", async () => {
  const small = cpu({ maximumMemory: 6 << 20 });
  Object.defineProperty(small, "name", { value: "small" });
  keras.registerBackend(small);
  await keras.setBackend("small");
  const x = tf.ones([1, 512]);
  const layers = Array.from({ length: 8 }, () => keras.dense({ units: 512, kernelInitializer: "ones" }));
  for (let round = 0; round < 2; round++)
    for (const layer of layers) expect(tf.tidy(() => layer.apply(x).dataSync()[511])).toBe(512);
  for (const layer of layers) layer.dispose();
  expect(small.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
  x.dispose();
  await keras.setBackend("cpu");
});
