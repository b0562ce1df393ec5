/** A run of a plan costs what its steps cost: nothing of tfjs's engine stands between them. The cpu backend; webgl's is beside it. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { methodsCalled } from "./methods-called.ts";
import { planSmallModel } from "./planned-model.ts";

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

const ofTfjs = () => ({ engine: tf.engine(), backend: tf.engine().backend });

test("a run of a plan calls nothing of tfjs's engine and backend", async () => {
  const { plan, sample } = await planSmallModel();
  expect(plan.kernels.length).toBeGreaterThan(4);
  const { numTensors, numDataBuffers, numBytes } = tf.engine().state;
  expect(await methodsCalled(ofTfjs(), () => plan.run([sample]))).toEqual([]);
  expect(await methodsCalled(ofTfjs(), () => plan.runSync([sample]))).toEqual([]);
  expect(tf.engine().state).toMatchObject({ numTensors, numDataBuffers, numBytes });
  plan.dispose();
});

test("an eager call of a layer does: the watch sees it", async () => {
  const layer = keras.layers.dense({ units: 2 });
  const x = tf.ones([1, 3]);
  layer.apply(x);
  const called = await methodsCalled(ofTfjs(), () => layer.apply(x));
  expect(called).toContain("engine.makeTensorFromTensorInfo");
  expect(called).not.toContain("engine.runKernel"); // a call's plan is one step for tfjs, whatever the layer does
});
