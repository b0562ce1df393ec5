/** Backends at their limits, in Node: memory that cannot grow, and a backend that cannot start. */
import { cpu } from "@keras-ts/backend-cpu";
import { webgl } from "@keras-ts/backend-webgl";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";

test("where there is no WebGL2, the next backend is taken and the reason kept", async () => {
  keras.registerBackend(webgl());
  keras.registerBackend(cpu());
  await expect(keras.setBackend("webgl")).rejects.toThrow(keras.BackendUnavailableError);
  await expect(keras.setBackend("webgl")).rejects.toThrow(/webgl: .*WebGL2/);
  expect(await keras.setBackend(["webgl", "cpu"])).toBe("cpu");
  const [first, second] = keras.backendStatus();
  expect(first).toMatchObject({ name: "webgl", status: "unavailable", reason: expect.stringMatching(/WebGL2/) });
  expect(second).toMatchObject({ name: "cpu", status: "active", detail: expect.stringMatching(/WebAssembly/) });
});

test("WebAssembly memory that cannot grow names the size, leaks nothing, and the next call works", async () => {
  const backend = cpu({ maximumMemory: 4 * 2 ** 20 });
  keras.registerBackend(backend);
  await keras.setBackend("cpu");
  const layer = new keras.SeparableConv1D({ filters: 8, kernelSize: 3 });
  const small = tf.ones([1, 64, 8]);
  const large = tf.ones([1, 200_000, 8]);
  layer.apply(small).dispose();
  const before = { tensors: tf.memory().numTensors, buffers: backend.memory().buffers };
  expect(() => layer.apply(large)).toThrow(/\d+ bytes|MiB/);
  const plan = await keras.plan(layer, { inputShapes: [[1, 200_000, 8]] });
  await expect(plan.run([new Float32Array(1_600_000)])).rejects.toThrow(/\d+ bytes|MiB/);
  plan.dispose();
  expect({ tensors: tf.memory().numTensors, buffers: backend.memory().buffers }).toEqual(before);
  const y = layer.apply(small);
  expect(y.shape).toEqual([1, 62, 8]);
  y.dispose();
  layer.dispose();
  tf.dispose([small, large]);
});

test("a backend that is started anew makes again what was lost", async () => {
  const backend = cpu();
  keras.registerBackend(backend);
  await keras.setBackend("cpu");
  const layer = new keras.DepthwiseConv1D({ kernelSize: 3 });
  const x = tf.ones([1, 8, 2]);
  const plan = await keras.plan(layer, { inputShapes: [[1, 8, 2]] });
  const expected = tf.tidy(() => layer.apply(x).dataSync().slice());
  backend.dispose();
  await keras.setBackend("cpu");
  expect(tf.tidy(() => layer.apply(x).dataSync())).toEqual(expected);
  await expect(plan.run([new Float32Array(16)])).rejects.toThrow(/disposed or lost/);
  plan.dispose();
  layer.dispose();
  x.dispose();
});
