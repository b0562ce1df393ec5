/** A small model with the kinds of steps that plans are made of, for tests of what a run of a plan touches. */
import * as keras from "@keras-ts/core";

/** Its plan for one sample of [12, 10, 4], and the sample. */
export async function planSmallModel(): Promise<{ readonly plan: keras.Plan; readonly sample: Float32Array }> {
  const { layers } = keras;
  const input = keras.Input({ shape: [12, 10, 4] });
  const stem = layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, activation: "relu" }).apply(input);
  const depthwise = layers.depthwiseConv2d({ kernelSize: 3, padding: "same" }).apply(stem);
  const normal = layers.batchNormalization().apply(depthwise);
  const joined = layers.concatenate().apply([normal, layers.upSampling2d({ size: 1 }).apply(stem)]);
  const pooled = layers.globalAveragePooling2d().apply(layers.maxPooling2d().apply(joined));
  const output = layers.dense({ units: 5, activation: "softmax" }).apply<keras.KerasTensor>(pooled);
  const model = new keras.Model({ inputs: input, outputs: output });
  const plan = await keras.plan(model, { inputShapes: [[1, 12, 10, 4]] });
  return { plan, sample: Float32Array.from({ length: 12 * 10 * 4 }, (_, i) => Math.sin(i)) };
}
