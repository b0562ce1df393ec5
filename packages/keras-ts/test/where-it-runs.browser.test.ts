/** What webglUnsupported says of a model without a device is what the device says when it is to run there. */
import { expect, test } from "vitest";
import * as keras from "../src/index.ts";

/** The largest width and height of a texture on this device. */
function maxTextureSize(): number {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) throw new Error("there is no WebGL2");
  return gl.getParameter(gl.MAX_TEXTURE_SIZE);
}

function model(): keras.Sequential {
  return new keras.Sequential({
    name: "net",
    layers: [
      keras.Input({ shape: [null, 1] }),
      new keras.ReLU({ name: "small" }),
      new keras.Conv1DTranspose({ filters: 1, kernelSize: 4, strides: 4, name: "large" }),
      new keras.GlobalAveragePooling1D({ name: "average" }),
    ],
  });
}

test("a plan is refused for the layer and the reason that were told", async () => {
  keras.registerBackend(keras.webgl());
  await keras.setBackend("webgl");
  const net = model();
  const limits = { maxTextureSize: maxTextureSize(), layered: true };
  const judge: keras.OpJudge = { unsupported: (op, inputs) => keras.webglUnsupported(op, inputs, limits) };
  const told = (length: number) =>
    keras
      .plannedOps(net, judge, { inputShapes: [[1, length, 1]] })
      .flatMap(({ layer, unsupported }) => (unsupported === null ? [] : [{ layer, unsupported }]));
  const texels = limits.maxTextureSize ** 2;
  expect(told(1000)).toEqual([]);
  (await keras.plan(net, { inputShapes: [[1, 1000, 1]] })).dispose();
  const [first, second] = told(texels / 2);
  expect([first?.layer, second?.layer]).toEqual(["net/large", "net/average"]);
  await expect(keras.plan(net, { inputShapes: [[1, texels / 2, 1]] })).rejects.toThrow(
    `'net/large': Backend 'webgl' cannot run conv_transpose: ${first?.unsupported}`,
  );
  net.dispose();
});
