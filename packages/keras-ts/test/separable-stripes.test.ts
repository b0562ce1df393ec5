/** Plans on cpu with separable convolutions in stripes against plans without: the same bits in less memory. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { afterAll, expect, test } from "vitest";

const { layers } = keras;

/** A network as MobileNetV1 begins, with a residual. */
function network(): keras.Model {
  const image = keras.Input({ shape: [41, 37, 6] });
  let x = layers.depthwiseConv2d(image, { kernelSize: 3, depthMultiplier: 8, padding: "same", useBias: false });
  x = layers.relu(layers.batchNormalization(x, { name: "normed" }), { maxValue: 6 });
  const first = layers.conv2d(x, { filters: 24, kernelSize: 1, useBias: false, name: "first" });
  const second = layers.separableConv2d(first, { filters: 24, kernelSize: 5, padding: "same", activation: "tanh" });
  const y = layers.separableConv2d(layers.add([first, second]), { filters: 9, kernelSize: 3, strides: 2 });
  return new keras.Model({ inputs: image, outputs: y });
}

async function planned(model: keras.Model, options: object): Promise<{ y: Float32Array; text: string }> {
  keras.registerBackend(cpu({ threads: 2, leastWork: 1, ...options }));
  await keras.setBackend("cpu");
  const shape = [3, 41, 37, 6];
  const plan = await keras.plan(model, { inputShapes: [shape] });
  const x = Float32Array.from({ length: 3 * 41 * 37 * 6 }, (_, i) => Math.sin(i));
  const [y = new Float32Array()] = await plan.run([x]);
  const text = plan.explain();
  plan.dispose();
  return { y: y.slice(), text };
}

afterAll(() => keras.getBackend().dispose());

const bytesOf = (text: string) => Number(/arena ([\d.]+) KiB/.exec(text)?.[1]);

test("the same bits, in a smaller arena; explain() names both layers", async () => {
  const model = network();
  const apart = await planned(model, { separableFrom: Number.POSITIVE_INFINITY });
  const joined = await planned(model, { separableFrom: 1 });
  expect(apart.text).not.toContain("separable_stripes");
  expect(joined.text.match(/separable_stripes/g)).toHaveLength(3);
  expect(joined.text).toMatch(/depthwise_conv2d, functional\/first .*separable: depthwise\+bias\+relu, pointwise/);
  expect(bytesOf(joined.text)).toBeLessThan(bytesOf(apart.text));
  expect([...new Int32Array(joined.y.buffer)]).toEqual([...new Int32Array(apart.y.buffer)]);
});

test("small ones stay apart", async () => {
  expect((await planned(network(), {})).text).not.toContain("separable_stripes");
});

test("separableFrom is checked", () => {
  expect(() => cpu({ separableFrom: 0 })).toThrow("separableFrom must be at least 1. Received: separableFrom=0.");
});
