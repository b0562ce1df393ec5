/** What layers do with integers, against what Keras 3.15 on JAX was seen to do with each class on int32, bool and uint8. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

const FLAT = [6];
const LINE = [6, 4];
const PLANE = [6, 6, 4];
const SPACE = [6, 6, 6, 4];

type Case = readonly [string, () => keras.Layer, readonly number[]];

/** Keras computes float32 of each dtype. */
const CAST: readonly Case[] = [
  ["Dense", () => new keras.Dense({ units: 2 }), LINE],
  ["Conv1D", () => new keras.Conv1D({ filters: 2, kernelSize: 2 }), LINE],
  ["Conv2D", () => new keras.Conv2D({ filters: 2, kernelSize: 2 }), PLANE],
  ["Conv3D", () => new keras.Conv3D({ filters: 2, kernelSize: 2 }), SPACE],
  ["ConvLSTM1D", () => new keras.ConvLSTM1D({ filters: 2, kernelSize: 2 }), PLANE],
  ["GRU", () => new keras.GRU({ units: 2 }), LINE],
  ["Bidirectional", () => new keras.Bidirectional({ layer: new keras.LSTM({ units: 2 }) }), LINE],
  ["BatchNormalization", () => new keras.BatchNormalization(), LINE],
  ["GlobalAveragePooling2D", () => new keras.GlobalAveragePooling2D(), PLANE],
  ["LeakyReLU", () => new keras.LeakyReLU(), LINE],
  ["ELU", () => new keras.ELU(), LINE],
  ["ReLU with a slope", () => new keras.ReLU({ negativeSlope: 0.1 }), LINE],
  ["Activation tanh", () => new keras.Activation({ activation: "tanh" }), LINE],
  ["Rescaling", () => new keras.Rescaling({ scale: 0.5 }), LINE],
  ["LayerScale", () => new keras.LayerScale({ initValues: 0.5, projectionDim: 4 }), LINE],
  ["Normalization", () => new keras.Normalization({ mean: 1, variance: 2 }), LINE],
  ["CenterCrop", () => new keras.CenterCrop({ height: 3, width: 3 }), PLANE],
  ["Lambda", () => new keras.Lambda({ function: (x: keras.Value) => keras.ops.divide(x, 2) }), LINE],
  ["Embedding", () => new keras.Embedding({ inputDim: 9, outputDim: 2 }), FLAT],
  ["TimeDistributed", () => new keras.TimeDistributed({ layer: new keras.Dense({ units: 2 }) }), LINE],
];

/** Keras returns integers, while its symbols say float32. */
const KEPT: readonly Case[] = [
  ["MaxPooling2D", () => new keras.MaxPooling2D({ poolSize: 3, padding: "same" }), PLANE],
  ["GlobalMaxPooling1D", () => new keras.GlobalMaxPooling1D(), LINE],
  ["AdaptiveMaxPooling2D", () => new keras.AdaptiveMaxPooling2D({ outputSize: 2 }), PLANE],
  ["ZeroPadding3D", () => new keras.ZeroPadding3D(), SPACE],
  ["Cropping1D", () => new keras.Cropping1D(), LINE],
  ["UpSampling1D", () => new keras.UpSampling1D(), LINE],
  ["UpSampling2D", () => new keras.UpSampling2D(), PLANE],
  ["UpSampling3D", () => new keras.UpSampling3D(), SPACE],
  ["RepeatVector", () => new keras.RepeatVector({ n: 2 }), FLAT],
  ["Dropout", () => new keras.Dropout({ rate: 0.5 }), LINE],
  ["SpatialDropout2D", () => new keras.SpatialDropout2D({ rate: 0.5 }), PLANE],
  ["StochasticDepth", () => new keras.StochasticDepth({ dropPathRate: 0.5 }), LINE],
  ["GaussianNoise", () => new keras.GaussianNoise({ stddev: 0.5 }), LINE],
  ["Masking", () => new keras.Masking(), LINE],
  ["ReLU", () => new keras.ReLU({ maxValue: 2, threshold: 1.5 }), LINE],
  ["Activation relu", () => new keras.Activation({ activation: "relu" }), LINE],
  ["Lambda", () => new keras.Lambda({ function: (x: keras.Value) => keras.ops.reshape(x, [-1, 4]) }), LINE],
  ["TimeDistributed", () => new keras.TimeDistributed({ layer: new keras.Flatten() }), PLANE],
];

/** Keras's symbols say the integers, too. */
const SHOWN: readonly Case[] = [
  ["Flatten", () => new keras.Flatten(), LINE],
  ["Reshape", () => new keras.Reshape({ targetShape: [-1, 2] }), LINE],
  ["Permute", () => new keras.Permute({ dims: [2, 1] }), LINE],
  ["Identity", () => new keras.Identity(), LINE],
];

/** Of int32 Keras computes what float32 has, of bool and uint8 other numbers or nothing. */
const WIDE: readonly Case[] = [
  ["AveragePooling2D", () => new keras.AveragePooling2D({ poolSize: 2 }), PLANE],
  ["AdaptiveAveragePooling1D", () => new keras.AdaptiveAveragePooling1D({ outputSize: 2 }), LINE],
  ["Softmax", () => new keras.Softmax(), LINE],
  ["PReLU", () => new keras.PReLU(), LINE],
  ["Activation softmax", () => new keras.Activation({ activation: "softmax" }), LINE],
];

/** Keras computes other numbers, or refuses at run time. */
const REFUSED: readonly Case[] = [
  ["LayerNormalization", () => new keras.LayerNormalization(), LINE],
  ["GroupNormalization", () => new keras.GroupNormalization({ groups: 2 }), LINE],
  ["RMSNormalization", () => new keras.RMSNormalization(), LINE],
  ["UnitNormalization", () => new keras.UnitNormalization(), LINE],
  ["SpectralNormalization", () => new keras.SpectralNormalization({ layer: new keras.Dense({ units: 2 }) }), LINE],
  ["UpSampling2D bilinear", () => new keras.UpSampling2D({ interpolation: "bilinear" }), PLANE],
  ["Resizing", () => new keras.Resizing({ height: 3, width: 3 }), PLANE],
  ["Conv2DTranspose", () => new keras.Conv2DTranspose({ filters: 2, kernelSize: 2 }), PLANE],
  ["DepthwiseConv2D", () => new keras.DepthwiseConv2D({ kernelSize: 2 }), PLANE],
  ["SeparableConv1D", () => new keras.SeparableConv1D({ filters: 2, kernelSize: 2 }), LINE],
  ["ReLU to 2.5", () => new keras.ReLU({ maxValue: 2.5 }), LINE],
  ["Activation sigmoid", () => new keras.Activation({ activation: "sigmoid" }), LINE],
  ["TimeDistributed", () => new keras.TimeDistributed({ layer: new keras.LayerNormalization() }), LINE],
];

/** The dtypes that Keras's symbol says and that its values have. */
function outputDtypes(layer: keras.Layer, shape: readonly number[], dtype: string): string[] {
  const y = layer.apply(keras.Input({ shape, dtype }));
  return [y.dtype, y.valueDtype];
}

/** Calls on int32 and on the same numbers of float32. */
function expectSameNumbers(layer: keras.Layer, shape: readonly number[]): void {
  const n = shape.reduce((a, b) => a * b, 2);
  const x = tf.tensor(
    Int32Array.from({ length: n }, (_, i) => (i * 7) % 9),
    [2, ...shape],
    "int32",
  );
  expect(layer.apply(x).dataSync()).toEqual(layer.apply(tf.cast(x, "float32")).dataSync());
}

const DTYPES = ["int32", "bool", "uint8"];

describe.each(CAST)("%s casts integers", (_, make, shape) => {
  test.each(DTYPES)("symbols of %s", (dtype) => {
    expect(outputDtypes(make(), shape, dtype)).toEqual(["float32", "float32"]);
  });
  test("tensors", () => expectSameNumbers(make(), shape));
});

describe.each(KEPT)("%s hands integers on", (_, make, shape) => {
  test.each(DTYPES)("symbols of %s", (dtype) => {
    expect(outputDtypes(make(), shape, dtype)).toEqual(["float32", dtype]);
  });
  test("tensors", () => expectSameNumbers(make(), shape));
});

describe.each(SHOWN)("%s hands integers on, and its symbol says so", (_, make, shape) => {
  test.each(DTYPES)("symbols of %s", (dtype) => {
    expect(outputDtypes(make(), shape, dtype)).toEqual([dtype, dtype]);
  });
  test("tensors", () => expectSameNumbers(make(), shape));
});

describe.each(WIDE)("%s takes integers of 32 bits", (_, make, shape) => {
  test("symbols", () => {
    expect(outputDtypes(make(), shape, "int32")).toEqual(["float32", "float32"]);
    for (const dtype of ["bool", "uint8"])
      expect(() => make().apply(keras.Input({ shape, dtype }))).toThrow(/integers of 32 bits only/);
  });
  test("tensors", () => expectSameNumbers(make(), shape));
});

describe.each(REFUSED)("%s takes no integers", (_, make, shape) => {
  test.each(DTYPES)("symbols of %s", (dtype) => {
    expect(() => make().apply(keras.Input({ shape, dtype }))).toThrow(
      /does not take integers: .* Received: dtype=.* Give its Input the dtype 'float32', or put Rescaling/,
    );
  });
  test("tensors", () => {
    expect(() => make().apply(tf.ones([2, ...shape], "int32"))).toThrow(/Convert it with tf\.cast\(x, 'float32'\)/);
  });
});

describe("merging", () => {
  const symbol = (dtype: string) => keras.Input({ shape: [3], dtype });

  test.each([
    ["Concatenate", () => new keras.Concatenate(), "uint8", "uint8"],
    ["Maximum", () => new keras.Maximum(), "bool", "bool"],
    ["Add", () => new keras.Add(), "int32", "int32"],
    ["Multiply", () => new keras.Multiply(), "int32", "int32"],
    ["Average", () => new keras.Average(), "int32", "float32"],
  ])("%s of integers", (_, make, dtype, values) => {
    const y = make().apply<keras.KerasTensor>([symbol(dtype), symbol(dtype)]);
    expect([y.dtype, y.valueDtype]).toEqual(["float32", values]);
  });

  test("sums count as what their inputs are promoted to", () => {
    expect(() => new keras.Add().apply([symbol("uint8"), symbol("uint8")])).toThrow(/32 bits only/);
    expect(new keras.Add().apply<keras.KerasTensor>([symbol("uint8"), symbol("int32")]).valueDtype).toBe("int32");
    expect(new keras.Add().apply<keras.KerasTensor>([symbol("bool"), symbol("float32")]).valueDtype).toBe("float32");
  });

  test("two lists of tokens joined and looked up", () => {
    const [a, b] = [symbol("int32"), symbol("int32")];
    const y = new keras.Embedding({ inputDim: 9, outputDim: 2 }).apply(
      new keras.Concatenate().apply<keras.KerasTensor>([a, b]),
    );
    const model = new keras.Model({ inputs: [a, b], outputs: y });
    expect(keras.modelFromJSON(model.toJSON()).toJSON()).toBe(model.toJSON());
  });
});

test("integers behind a symbol of float32 are refused where their numbers would differ", () => {
  const padded = new keras.ZeroPadding1D().apply(keras.Input({ shape: LINE, dtype: "int32" }));
  expect(padded.dtype).toBe("float32");
  expect(() => new keras.LayerNormalization().apply(padded)).toThrow(/does not take integers/);
  const rescaled = new keras.Rescaling({ scale: 1 }).apply(padded);
  expect(new keras.LayerNormalization().apply(rescaled).dtype).toBe("float32");
});

test("what a sliced Input of tokens writes is Keras's", () => {
  const x = keras.Input({ shape: [6], dtype: "int32" });
  const tokens = keras.ops.getItem(x, [{}, { start: 1 }]);
  const y = new keras.Embedding({ inputDim: 9, outputDim: 2, maskZero: true }).apply(tokens);
  const { layers } = JSON.parse(new keras.Model({ inputs: x, outputs: y }).toJSON()).config;
  expect(layers[2].inbound_nodes[0].args[0].config.dtype).toBe("int32");
});

test("a class of the user's says what it does with integers", () => {
  class Doubling extends keras.Layer {
    static override readonly integers: keras.IntegerUse = "cast";

    override call(x: keras.Value): keras.Value {
      return keras.ops.multiply(x, 2);
    }
  }
  expect([...new Doubling({}).apply(tf.tensor1d([1, 2], "int32")).dataSync()]).toEqual([2, 4]);
  class Silent extends keras.Layer {
    override call(x: keras.Value): keras.Value {
      return x;
    }
  }
  expect(() => new Silent({}).apply(tf.tensor1d([1, 2], "int32"))).toThrow(/does not take integers/);
});
