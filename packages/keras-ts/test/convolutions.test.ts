/** What fixtures cannot hold about convolutions: LoRA switched on later and trained, hooks of sub-classes, plans that follow. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

const names = (weights: readonly keras.KerasVariable[]) => weights.map((w) => w.name);

test("enableLora freezes the kernel, keeps Keras's order of weights and changes what calls and plans compute", async () => {
  const layer = new keras.Conv2D({ filters: 2, kernelSize: 1, kernelInitializer: "ones", kernelRegularizer: "l2" });
  const x = tf.ones<tf.Rank.R4>([1, 2, 2, 3]);
  expect(layer.apply(x).dataSync()[0]).toBe(3);
  const plan = await keras.plan(layer, { inputShapes: [[1, 2, 2, 3]] });
  layer.enableLora(2, { loraAlpha: 3, aInitializer: "ones", bInitializer: "ones" });
  // kernel + 3/2 · (1·1 + 1·1) = 4 for each of three channels
  expect(layer.apply(x).dataSync()[0]).toBe(12);
  const later = await keras.plan(layer, { inputShapes: [[1, 2, 2, 3]] });
  expect((await later.run([new Float32Array(12).fill(1)]))[0]?.[0]).toBe(12);
  expect([names(layer.weights), names(layer.trainableWeights)]).toEqual([
    ["kernel", "bias", "lora_kernel_a", "lora_kernel_b"],
    ["bias", "lora_kernel_a", "lora_kernel_b"],
  ]);
  expect([layer.getConfig().lora_rank, layer.getConfig().lora_alpha, layer.losses.length]).toEqual([2, 3, 2]);
  layer.weights[3]?.assign([0, 0, 0, 0]);
  expect(layer.apply(x).dataSync()[0]).toBe(3);
  expect((await later.run([new Float32Array(12).fill(1)]))[0]?.[0]).toBe(3);
  expect(() => layer.enableLora(1)).toThrow(/already enabled.*rank=1/s);
  for (const item of [plan, later, layer]) item.dispose();
});

test("gradients reach a and b, not the kernel", () => {
  const layer = new keras.Conv1D({ filters: 2, kernelSize: 2, padding: "causal", loraRank: 1, loraAlpha: 2 });
  layer.build([null, 4, 3]);
  const [kernel, , a, b] = layer.weights;
  if (!kernel || !a || !b) throw new Error("four weights");
  b.assign([1, -1]);
  const x = tf.ones<tf.Rank.R3>([1, 4, 3]);
  const { grads } = tf.variableGrads(() => keras.ops.sum(keras.ops.square(layer.apply(x))) as tf.Scalar);
  expect(Object.keys(grads)).not.toContain(kernel.value.name);
  expect(grads[a.value.name]?.shape).toEqual([2, 3, 1]);
  expect(grads[b.value.name]?.dataSync().some((g) => g !== 0)).toBe(true);
  layer.dispose();
});

test("LoRA is refused before build, with a kernel constraint, and with a rank that is none", () => {
  const args = { filters: 2, kernelSize: 1 };
  expect(() => new keras.Conv2D(args).enableLora(1)).toThrow(/isn't built/);
  const held = new keras.Conv2D({ ...args, kernelConstraint: "non_neg", loraRank: 1 });
  expect(() => held.build([null, 2, 2, 3])).toThrow(/kernel constraints.*lora_rank=1.*kernel_constraint/s);
  expect(() => new keras.Conv3D({ ...args, loraRank: -1 }).build([null, 2, 2, 2, 3])).toThrow(/rank=-1/);
});

test("sub-classes replace the convolution of Conv2D by convolutionOp, in the layer's data format", () => {
  class Standardized extends keras.Conv2D {
    override convolutionOp(inputs: keras.Value, kernel: keras.Value): keras.Value {
      const centred = keras.ops.subtract(kernel, keras.ops.mean(kernel, { axis: [0, 1, 2], keepdims: true }));
      return super.convolutionOp(inputs, centred);
    }
  }
  const layer = new Standardized({ filters: 2, kernelSize: 1, dataFormat: "channels_first", biasInitializer: "ones" });
  const y = layer.apply(tf.ones([1, 3, 2, 2]));
  expect(y.shape).toEqual([1, 2, 2, 2]);
  for (const value of y.dataSync()) expect(value).toBeCloseTo(1, 5); // a centred 1×1 kernel gives 0 on equal channels
  layer.dispose();
});

test("GlobalAveragePooling1D takes the mean of the steps that its mask counts", () => {
  const layer = new keras.GlobalAveragePooling1D({ dataFormat: "channels_first", keepdims: true });
  const x = tf.tensor3d([[[1, 2, 9]], [[Number.NaN, 4, 6]]]);
  const mask = tf.tensor2d([
    [1, 1, 0],
    [0, 1, 1],
  ]);
  const y = layer.apply(x, { mask });
  expect([y.shape, [...y.dataSync()]]).toEqual([
    [2, 1, 1],
    [1.5, 5],
  ]);
});

test("pooling with windows or strides that cannot be used is refused by the call, as late as in Keras", () => {
  const x = tf.ones([1, 4, 2]);
  expect(() => new keras.MaxPooling1D({ strides: 0 }).apply(x)).toThrow(/strides=\(0,\)/);
  expect(() => new keras.AveragePooling1D({ poolSize: 5 }).apply(x)).toThrow(/zero or negative.*pool_size=\(5,\)/s);
  const loud = new keras.MaxPooling1D({ padding: "SAME" });
  expect(loud.apply(x).shape).toEqual([1, 2, 2]);
  expect(() => loud.computeOutputShape([null, 4, 2])).toThrow(/padding='SAME'/);
});
