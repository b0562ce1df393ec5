/** Plans pack a weight once: for all shapes of a layer, for all time steps, and again only where it changed. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";

const backend = cpu();
let packs = 0;
const { pack } = backend;
backend.pack = (op, weights) => {
  packs++;
  return pack.call(backend, op, weights);
};

beforeAll(async () => {
  keras.registerBackend(backend);
  await keras.setBackend("cpu");
});

const shaped = (...shape: number[]) => tf.fill(shape, 0.5);

test("plans of one layer share what they pack, whatever the padding of their shapes", async () => {
  const layer = keras.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: "same", activation: "relu" });
  const before = backend.memory();
  layer.build([1, 8, 8, 2]);
  const even = await keras.plan(layer, { inputShapes: [[1, 8, 8, 2]] });
  const { bytes } = backend.memory();
  const odd = await keras.plan(layer, { inputShapes: [[1, 9, 9, 2]] });
  expect(backend.memory()).toMatchObject({ packed: before.packed + 1, bytes });
  even.dispose();
  expect(backend.memory().packed).toBe(before.packed + 1);
  const [y] = await odd.run([new Float32Array(162).fill(1)]);
  expect(y?.some((value) => value > 0)).toBe(true);
  odd.dispose();
  layer.dispose();
  expect(backend.memory().packed).toBe(before.packed);
});

test("a recurrent layer packs its weights once, not once a time step", async () => {
  const before = backend.memory().packed;
  const layer = keras.lstm({ units: 3 });
  layer.build([1, 20, 2]);
  const plan = await keras.plan(layer, { inputShapes: [[1, 20, 2]] });
  expect(backend.memory().packed - before).toBeLessThanOrEqual(4);
  plan.dispose();
  layer.dispose();
});

test("what did not change is not packed again", async () => {
  const model = new keras.Sequential({
    layers: [
      keras.dense({ units: 3, kernelInitializer: "ones" }),
      keras.dense({ units: 2, kernelInitializer: "ones" }),
    ],
  });
  model.build([1, 4]);
  const plan = await keras.plan(model, { inputShapes: [[1, 4]] });
  const x = [Float32Array.of(1, 2, 3, 4)];
  expect([...(plan.runSync(x)[0] ?? [])]).toEqual([30, 30]);
  packs = 0;
  model.layers[1]?.weights[0]?.assign(shaped(3, 2));
  expect([...(plan.runSync(x)[0] ?? [])]).toEqual([15, 15]);
  expect(packs).toBe(1);
  plan.dispose();
  model.dispose();
});

test("two layers of equal values do not share", async () => {
  const first = keras.dense({ units: 1, kernelInitializer: "ones" });
  const second = keras.dense({ units: 1, kernelInitializer: "zeros" });
  const x = shaped(1, 2);
  const sums = () => [first, second].map((layer) => layer.apply(x).dataSync()[0]);
  expect(sums()).toEqual([1, 0]);
  first.weights[0]?.assign(tf.zeros([2, 1]));
  expect(sums()).toEqual([0, 0]);
  second.weights[0]?.assign(tf.ones([2, 1]));
  expect(sums()).toEqual([0, 1]);
});
