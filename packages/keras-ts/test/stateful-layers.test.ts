/** Layers with a memory, and those that take functions: what fixtures do not show. Numbers: Keras 3.15.1 on JAX. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

const numbers = (x: tf.Tensor) => [...x.dataSync<"float32">()];
const near = (got: readonly number[], want: readonly number[]) => {
  expect(got).toHaveLength(want.length);
  for (const [i, value] of want.entries()) expect(got[i]).toBeCloseTo(value, 5);
};

describe("BatchNormalization", () => {
  const x = () => tf.tensor2d([1, 10, 3, 30], [2, 2]);

  it("follows the batch in training only, and not when frozen", () => {
    const layer = new keras.BatchNormalization({ momentum: 0.9 });
    layer.apply(x());
    layer.trainable = false;
    layer.apply(x(), { training: true });
    expect(numbers(layer.weights[2]?.value as tf.Tensor)).toEqual([0, 0]);
    layer.trainable = true;
    near(numbers(layer.apply(x(), { training: true })), [-0.9995, -0.999995, 0.9995, 0.999995]);
    near(numbers(layer.weights[2]?.value as tf.Tensor), [0.2, 2]);
    near(numbers(layer.weights[3]?.value as tf.Tensor), [1, 10.9]);
  });

  it("is refused in a plan with training=true, by name", async () => {
    class Training extends keras.Layer {
      readonly inner = new keras.BatchNormalization({ name: "bn" });
      override call(inputs: keras.Value): keras.Value {
        return this.inner.apply(inputs, { training: true });
      }
      override computeOutputShape(shape: readonly (number | null)[]) {
        return [...shape];
      }
    }
    await expect(keras.plan(new Training(), { inputShapes: [[2, 2]] })).rejects.toThrow(/'bn' cannot be planned/);
  });

  it("renormalisation is kept in configs and refused when built", () => {
    const layer = new keras.BatchNormalization({ renorm: true, renormClipping: { rmax: 3 } });
    expect(layer.getConfig()).toMatchObject({ renorm: true, renorm_clipping: { rmax: 3 } });
    expect(() => layer.apply(x())).toThrow(keras.UnsupportedError);
    expect(() => new keras.BatchNormalization({ renorm: true, renormClipping: { rmax: 1, rmin: 2 } })).toThrow(
      /rmax=1/,
    );
  });
});

describe("Normalization.adapt", () => {
  it("a tensor", () => {
    const layer = new keras.Normalization();
    const before = tf.memory().numTensors;
    const data = tf.tensor2d([1, 2, 3, 8], [2, 2]);
    layer.adapt(data);
    expect(layer.weights.map((w) => numbers(w.value))).toEqual([[2, 5], [1, 9], [0]]);
    near(numbers(layer.apply(data)), [-1, -1, 1, 1]);
    expect(layer.getBuildConfig()).toEqual({ input_shape: [2, 2] });
    layer.dispose();
    data.dispose();
    expect(tf.memory().numTensors).toBe(before + 1); // the result of apply
  });

  it("batches, in pairs too", () => {
    const layer = new keras.Normalization();
    layer.adapt([tf.tensor2d([1, 2, 3, 8], [2, 2]), [tf.tensor2d([5, 2], [1, 2]), tf.zeros([1])]]);
    const [mean, variance] = layer.weights.map((w) => numbers(w.value));
    near(mean ?? [], [3, 4]);
    near(variance ?? [], [8 / 3, 8]);
  });

  it("refuses no data, data of another shape, and given statistics", () => {
    const layer = new keras.Normalization();
    expect(() => layer.adapt([])).toThrow(/empty iterable/);
    layer.adapt(tf.zeros([2, 2]));
    expect(() => layer.adapt(tf.zeros([2, 3]))).toThrow(/data\.shape=\(2, 3\)/);
    expect(() => new keras.Normalization({ mean: 0, variance: 1 }).adapt(tf.zeros([2, 2]))).toThrow(/were given/);
  });
});

describe("SpectralNormalization", () => {
  it("divides the kernel by its largest singular value, in the end", () => {
    const dense = new keras.Dense({ units: 2, useBias: false });
    const layer = new keras.SpectralNormalization({ layer: dense, powerIterations: 50 });
    const x = tf.ones([1, 2]);
    layer.apply(x);
    expect(layer.weights.map((w) => w.name)).toEqual(["kernel", "vector_u"]);
    layer.weights[0]?.assign([3, 0, 0, 1]);
    layer.apply(x);
    expect(numbers(layer.weights[0]?.value as tf.Tensor)).toEqual([3, 0, 0, 1]);
    layer.apply(x, { training: true });
    near(numbers(layer.weights[0]?.value as tf.Tensor), [1, 0, 0, 1 / 3]);
  });

  it("leaves a kernel of zeros alone, and needs a kernel", () => {
    const inner = new keras.Dense({ units: 2, kernelInitializer: "zeros" });
    const layer = new keras.SpectralNormalization({ layer: inner });
    expect(numbers(layer.apply(tf.ones([1, 2]), { training: true }))).toEqual([0, 0]);
    expect(() => new keras.SpectralNormalization({ layer: new keras.ReLU() }).apply(tf.ones([1, 2]))).toThrow(
      /ReLU object has no attribute 'kernel' nor 'embeddings'/,
    );
  });

  it("writes the layer inside", () => {
    const layer = new keras.SpectralNormalization({ layer: new keras.Dense({ units: 2 }) });
    const { config } = keras.layers.serialize(layer);
    expect(config.layer).toMatchObject({ module: "keras.layers", class_name: "Dense", registered_name: null });
    expect(keras.SpectralNormalization.fromConfig(config).getConfig()).toEqual(config);
  });
});

describe("Embedding", () => {
  const table = () => tf.tensor2d([0, 1, 2, 3, 4, 5], [3, 2]);

  it("takes integers; negative indices count from the end, others outside are NaN", () => {
    const layer = new keras.Embedding({ inputDim: 3, outputDim: 2, weights: table() });
    const y = numbers(layer.apply(tf.tensor1d([0, 2, -1, 3, -4], "int32")));
    expect(y).toEqual([0, 1, 4, 5, 4, 5, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect(numbers(layer.apply(tf.tensor1d([0.9, 1.2, -0.5])))).toEqual([0, 1, 2, 3, 0, 1]);
    expect(() => new keras.Embedding({ inputDim: 3, outputDim: 2, weights: tf.zeros([2, 2]) })).toThrow(/\(2, 2\)/);
  });

  it("maskZero and Masking mask what follows", () => {
    const layer = new keras.Embedding({ inputDim: 3, outputDim: 2, maskZero: true, weights: table() });
    const x = layer.apply(tf.tensor2d([1, 0], [1, 2]));
    const y = new keras.Softmax({ axis: 1 }).apply(
      new keras.Masking({ maskValue: 2 }).apply(tf.tensor3d([[[2], [1]]])),
      {
        mask: tf.tensor3d([[[0], [1]]]),
      },
    );
    expect(x.shape).toEqual([1, 2, 2]);
    expect(numbers(y)).toEqual([0, 1]);
  });

  it("LoRA: the table is frozen, a and b are trained, and enabling it twice is refused", () => {
    const layer = new keras.Embedding({ inputDim: 3, outputDim: 2, loraRank: 1, loraAlpha: 5 });
    layer.build([null]);
    expect(layer.getConfig()).toMatchObject({ lora_rank: 1, lora_alpha: 1 });
    expect(layer.weights.map((w) => [w.name, w.trainable])).toEqual([
      ["embeddings", false],
      ["lora_embeddings_a", true],
      ["lora_embeddings_b", true],
    ]);
    expect(() => layer.enableLora(1)).toThrow(/already enabled/);
  });
});

describe("Dense", () => {
  it("LoRA adds (alpha / rank)·a·b; the rank of the config wins over its alpha, as in Keras", () => {
    const layer = new keras.Dense({ units: 2, useBias: false, kernelInitializer: "zeros" });
    const x = tf.ones([1, 3]);
    layer.apply(x);
    layer.enableLora(2, { loraAlpha: 3, aInitializer: "ones", bInitializer: "ones" });
    expect(numbers(layer.apply(x))).toEqual([9, 9]);
    expect(layer.trainableWeights.map((w) => w.name)).toEqual(["lora_kernel_a", "lora_kernel_b"]);
    const built = new keras.Dense({ units: 2, loraRank: 2, loraAlpha: 3 });
    expect(built.getConfig()).toMatchObject({ lora_alpha: 3 });
    built.build([null, 3]);
    expect(built.getConfig()).toMatchObject({ lora_alpha: 2 });
  });

  it("computes float32 only, as every layer here, weights or not", () => {
    for (const layer of [
      new keras.Dense({ units: 1, dtype: "mixed_float16" }),
      new keras.Flatten({ dtype: "float64" }),
    ])
      expect(() => layer.apply(tf.ones([1, 2]))).toThrow(keras.UnsupportedError);
    expect(() => new keras.SpatialDropout1D({ rate: 0, dtype: "float16" }).apply(tf.ones([1, 2, 3]))).toThrow(
      keras.UnsupportedError,
    );
    expect(new keras.Dense({ units: 1 }).apply(tf.ones([1, 2], "int32")).dtype).toBe("float32");
  });
});

describe("Lambda", () => {
  it("any function on tensors, keras.ops on symbols and in plans", async () => {
    const eager = new keras.Lambda({ function: (x: tf.Tensor) => tf.reverse(x, 1) });
    expect(numbers(eager.apply(tf.tensor2d([1, 2], [1, 2])))).toEqual([2, 1]);
    const layer = new keras.Lambda({
      function: (x: keras.Value, { by }: { by: number }) => keras.ops.multiply(x, by),
      arguments: { by: 3 },
    });
    expect(layer.apply(keras.Input({ shape: [4] })).shape).toEqual([null, 4]);
    using plan = await keras.plan(layer, { inputShapes: [[1, 2]] });
    expect([...(plan.runSync([Float32Array.of(1, 2)])[0] ?? [])]).toEqual([3, 6]);
    expect(() => eager.apply(keras.Input({ shape: [4] }))).toThrow(/output_shape/);
    const told = new keras.Lambda({ function: (x: tf.Tensor) => tf.reverse(x, 1), outputShape: [7] });
    expect(told.apply(keras.Input({ shape: [4] })).shape).toEqual([null, 7]);
  });

  it("configs: named functions travel, Python lambdas are refused", () => {
    expect(new keras.Lambda({ function: keras.activations.gelu }).getConfig().function).toMatchObject({
      config: "gelu",
    });
    expect(() => new keras.Lambda({ function: (x: tf.Tensor) => x }).getConfig()).toThrow(/cannot be serialized/);
    const config = { function: { class_name: "__lambda__", config: { code: "4wEA", defaults: null, closure: null } } };
    const json = { module: "keras.layers", class_name: "Lambda", config, registered_name: null };
    expect(() => keras.layers.deserialize(json)).toThrow(/Python lambda/);
  });
});

describe("masks of merges", () => {
  const masked = (values: number[]) => new keras.Masking().apply(tf.tensor3d([values.map((v) => [v])]));

  it("Maximum and Multiply leave out what is masked", () => {
    const a = masked([0, -2, 0]);
    const b = masked([-3, 5, 0]);
    expect(numbers(new keras.Maximum().apply([a, b]))).toEqual([-3, 5, 0]);
    expect(numbers(new keras.Multiply().apply([a, b]))).toEqual([-3, -10, 0]);
    expect(numbers(new keras.Add().apply([a, b]))).toEqual([-3, 3, 0]);
  });
});

describe("a mask of the input beside initial states", () => {
  const constants = {
    kernelInitializer: new keras.initializers.Constant({ value: 0.1 }),
    recurrentInitializer: new keras.initializers.Constant({ value: 0.2 }),
    biasInitializer: new keras.initializers.Constant({ value: 0.3 }),
  };
  const masked = (...rows: number[][]) => new keras.Masking().apply(tf.tensor3d([rows]));
  const middle = () => masked([1, 2], [0, 0], [3, 4]);
  const zeros = () => tf.zeros([1, 2]);

  it("is not applied, unless it is given too, and is handed on", () => {
    const gru = new keras.GRU({ units: 2, returnSequences: true, ...constants });
    const lastOf = (options: keras.CallOptions) => {
      const y = gru.apply(middle(), options);
      expect(numbers(keras.maskOf(y) as tf.Tensor)).toEqual([1, 0, 1]);
      return numbers(y).slice(-2);
    };
    near(lastOf({}), [0.32861, 0.32861]);
    near(lastOf({ initialState: null }), [0.32861, 0.32861]);
    near(lastOf({ initialState: [zeros()] }), [0.40915, 0.40915]);
    near(lastOf({ initialState: zeros() }), [0.40915, 0.40915]);
    near(lastOf({ initialState: [zeros()], mask: tf.tensor2d([[1, 0, 1]]) }), [0.32861, 0.32861]);
  });

  it("so too in Bidirectional and ConvLSTM1D", () => {
    const both = new keras.Bidirectional({ layer: new keras.GRU({ units: 2, ...constants }) });
    const end = masked([1, 2], [3, 4], [0, 0]);
    near(numbers(both.apply(end)), [0.32861, 0.32861, 0.32368, 0.32368]);
    near(numbers(both.apply(end, { initialState: [zeros(), zeros()] })), [0.3943, 0.3943, 0.41432, 0.41432]);
    // A mask of rank 3, which the layer would refuse.
    const frames = new keras.Masking().apply(tf.tensor4d([1, 2, 0, 0, 3, 4], [1, 3, 2, 1]));
    const halves = () => tf.fill([1, 2, 1], 0.5);
    const convolution = new keras.ConvLSTM1D({ filters: 1, kernelSize: 1, ...constants });
    near(numbers(convolution.apply(frames, { initialState: [halves(), halves()] })), [0.49164, 0.54113]);
  });

  it("and for any option of a layer of the user's that holds tensors", () => {
    class Other extends keras.Layer {
      static override readonly takesMask = true;
      static override readonly callOptionNames = ["other"];
      override call(x: keras.Value, { mask }: keras.CallOptions): keras.Value {
        return keras.ops.multiply(x, mask ? 3 : 2);
      }
    }
    const layer = new Other({ name: "other" });
    const factor = (other: unknown) => numbers(layer.apply(middle(), { other } as keras.CallOptions))[0];
    expect([undefined, null, [], "a", 3].map(factor)).toEqual([3, 3, 3, 3, 3]);
    expect([tf.ones([1]), [null], { a: tf.ones([1]) }].map(factor)).toEqual([2, 2, 2]);
  });
});
