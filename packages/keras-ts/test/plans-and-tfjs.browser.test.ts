/** As plans-and-tfjs.test.ts on webgl, where a plan's programs are compiled before it runs. */
import { webgl } from "@keras-ts/backend-webgl";
import * as keras from "@keras-ts/core";
import { MathBackendWebGL } from "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { methodsCalled } from "./methods-called.ts";
import { planSmallModel } from "./planned-model.ts";

beforeAll(async () => {
  keras.registerBackend(webgl());
  await keras.setBackend("webgl");
});

function tfjsBackend(): MathBackendWebGL {
  const { backend } = tf.engine();
  if (!(backend instanceof MathBackendWebGL)) throw new TypeError("tfjs's backend is not webgl");
  return backend;
}

test("a run of a plan calls nothing of tfjs's engine, backend and GL context", async () => {
  const { plan, sample } = await planSmallModel();
  const backend = tfjsBackend();
  const ofTfjs = { engine: tf.engine(), backend, gpgpu: backend.gpgpu };
  const { numTensors, numDataBuffers, numBytes } = tf.engine().state;
  expect(await methodsCalled(ofTfjs, () => plan.run([sample]))).toEqual([]);
  expect(await methodsCalled(ofTfjs, () => plan.run([sample]))).toEqual([]);
  expect(tf.engine().state).toMatchObject({ numTensors, numDataBuffers, numBytes });
  plan.dispose();
});

test("programs are written and compiled when a plan is made, and no run writes a source or looks up a name", async () => {
  keras.getBackend().dispose(); // no program is left of other tests
  await keras.setBackend("webgl");
  const gl = { gl: tfjsBackend().gpgpu.gl };
  const compiling = ["gl.compileShader", "gl.createProgram", "gl.linkProgram", "gl.shaderSource"];
  const linking = ["gl.getProgramParameter", "gl.getUniformLocation"];
  const among = (wanted: readonly string[], called: readonly string[]) =>
    called.filter((name) => wanted.includes(name));
  const made: Awaited<ReturnType<typeof planSmallModel>>[] = [];
  const planning = await methodsCalled(gl, async () => made.push(await planSmallModel()));
  expect(among(compiling, planning)).toEqual(compiling);
  const [{ plan, sample } = await planSmallModel()] = made;
  const first = await methodsCalled(gl, () => plan.run([sample]));
  expect(among([...compiling, ...linking], first)).toEqual(linking); // the link status is asked for at the first draw
  const second = await methodsCalled(gl, () => plan.run([sample]));
  expect(second).toContain("gl.drawArrays");
  expect(among([...compiling, ...linking, "gl.getShaderSource"], second)).toEqual([]);
  plan.dispose();
});
