/** What Keras refuses in layers that are not convolutions: the same values at the same moment (Keras 3.15.1). */
import { expect, it } from "vitest";
import { UnsupportedError, ValueError } from "../errors.ts";
import * as layers from "./classes.ts";
import { Input } from "./input-layer.ts";

/** Arguments as JavaScript may write them. */
const wrong = (args: object) => args as never;
const symbol = (...shape: (number | null)[]) => Input({ shape });

it.each([
  ["Dense units", () => new layers.Dense({ units: 0 }), /units=0/],
  ["Dense units before unknown keywords", () => new layers.Dense(wrong({ units: "3", foo: 1 })), /units='3'/],
  ["Dense unknown keywords", () => new layers.Dense(wrong({ units: 3, use_bias: true })), /written `useBias`/],
  ["Embedding", () => new layers.Embedding(wrong({ inputDim: true, outputDim: 2 })), /input_dim=True/],
  ["BatchNormalization axis", () => new layers.BatchNormalization(wrong({ axis: [1, 2] })), /axis=\(1, 2\)/],
  ["BatchNormalization synchronized", () => new layers.BatchNormalization({ synchronized: true }), /synchronized/],
  ["LayerNormalization axis", () => new layers.LayerNormalization(wrong({ axis: "a" })), /axis='a'/],
  ["GroupNormalization groups", () => new layers.GroupNormalization({ groups: 0 }), /groups=0/],
  ["UnitNormalization axis", () => new layers.UnitNormalization(wrong({ axis: 1.5 })), /axis=1\.5/],
  ["SpectralNormalization layer", () => new layers.SpectralNormalization(wrong({ layer: 3 })), /layer=3/],
  [
    "SpectralNormalization steps",
    () => new layers.SpectralNormalization({ layer: new layers.ReLU(), powerIterations: 0 }),
    /power_iterations=0/,
  ],
  ["Activation", () => new layers.Activation({ activation: "foo" }), /foo/],
  ["Activation without one", () => new layers.Activation(wrong({})), /'activation'/],
  ["ReLU max_value", () => new layers.ReLU({ maxValue: -1 }), /max_value=-1/],
  ["ReLU negative_slope", () => new layers.ReLU(wrong({ negativeSlope: null })), /negative_slope=None/],
  ["ReLU threshold", () => new layers.ReLU({ threshold: -1 }), /threshold=-1/],
  ["LeakyReLU", () => new layers.LeakyReLU({ alpha: -1 }), /negative_slope=-1/],
  ["Dropout rate", () => new layers.Dropout({ rate: 2 }), /rate=2/],
  ["Dropout without a rate", () => new layers.Dropout(wrong({})), /rate=None/],
  ["Dropout noise_shape", () => new layers.Dropout({ rate: 0.5, noiseShape: [2, 0] }), /noise_shape=\(2, 0\)/],
  ["Dropout seed", () => new layers.Dropout({ rate: 0.5, seed: 1.5 }), /seed=1\.5/],
  [
    "SpatialDropout1D trainable",
    () => new layers.SpatialDropout1D(wrong({ rate: 0.5, trainable: false })),
    /trainable/,
  ],
  ["GaussianNoise", () => new layers.GaussianNoise({ stddev: 2 }), /stddev=2/],
  ["Reshape twice −1", () => new layers.Reshape({ targetShape: [-1, -1] }), /target_shape=\(-1, -1\)/],
  ["Reshape −2", () => new layers.Reshape({ targetShape: [-2] }), /target_shape=\(-2,\)/],
  ["Permute", () => new layers.Permute({ dims: [0, 1] }), /dims=\(0, 1\)/],
  ["RepeatVector 0", () => new layers.RepeatVector({ n: 0 }), /n=0/],
  ["RepeatVector true", () => new layers.RepeatVector(wrong({ n: true })), /n=True/],
  ["Normalization mean alone", () => new layers.Normalization({ mean: 1 }), /mean=1 and variance=None/],
  ["Normalization shapes", () => new layers.Normalization({ mean: [1, 2], variance: [1] }), /variance shape \(1,\)/],
  ["Normalization rank", () => new layers.Normalization({ mean: [[1]], variance: [[1]] }), /mean shape \(1, 1\)/],
  ["Lambda", () => new layers.Lambda(wrong({ function: 3 })), /function=3/],
])("constructor: %s", (_name, attempt, message) => {
  expect(attempt).toThrow(ValueError);
  expect(attempt).toThrow(message);
});

it.each([
  ["Dense rank", () => new layers.Dense({ units: 1 }).apply(Input({ batchShape: [3] })), /expected min_ndim=2/],
  ["Dense size", () => new layers.Dense({ units: 1 }).apply(symbol(null)), /fully-defined.*\(None, None\)/],
  ["BatchNormalization axis", () => new layers.BatchNormalization({ axis: 5 }).apply(symbol(3)), /axis=5/],
  ["GroupNormalization count", () => new layers.GroupNormalization({ groups: 5 }).apply(symbol(4)), /\(5\).*\(4\)/],
  ["GroupNormalization parts", () => new layers.GroupNormalization({ groups: 3 }).apply(symbol(4)), /\(3\).*\(4\)/],
  ["PReLU axis", () => new layers.PReLU({ sharedAxes: [3] }).apply(symbol(4)), /shared_axes=\(3,\)/],
  ["Reshape size", () => new layers.Reshape({ targetShape: [3, -1] }).apply(symbol(4)), /target_shape=\(3, -1\)/],
  ["Permute rank", () => new layers.Permute({ dims: [2, 1] }).apply(symbol(4)), /expected ndim=3/],
  ["Add of one value", () => new layers.Add().apply(symbol(4)), /list of at least 1 input/],
  ["Add shapes", () => new layers.Add().apply([symbol(4), symbol(3)]), /\(4,\) and \(3,\)/],
  [
    "Add batch sizes",
    () => new layers.Add().apply([Input({ batchShape: [2, 4] }), Input({ batchShape: [3, 4] })]),
    /different batch sizes.*\(2, 4\), \(3, 4\)/,
  ],
  ["Subtract", () => new layers.Subtract().apply([symbol(4), symbol(4), symbol(4)]), /exactly 2 inputs/],
  ["Concatenate", () => new layers.Concatenate({ axis: 1 }).apply([symbol(4, 2), symbol(3, 3)]), /matching shapes/],
  ["Normalization axis", () => new layers.Normalization({ axis: 3 }).apply(symbol(2)), /axis=\(3,\)/],
  ["Normalization size", () => new layers.Normalization().apply(symbol(null)), /unknown axis at index 1/],
])("call: %s", (_name, attempt, message) => {
  expect(attempt).toThrow(ValueError);
  expect(attempt).toThrow(message);
});

it("quantization is refused by name", () => {
  const attempt = () => new layers.Dense(wrong({ units: 1, quantizationConfig: { mode: "int8" } }));
  expect(attempt).toThrow(UnsupportedError);
  expect(attempt).toThrow(/quantization_config/);
});

it("merges broadcast ranks from the axis after the batch", () => {
  expect(new layers.Add().apply([symbol(4), symbol(3, 4)]).shape).toEqual([null, 3, 4]);
  expect(
    new layers.Concatenate().computeOutputShape([
      [null, 3, 1, 4],
      [null, 3, 1, null],
    ]),
  ).toEqual([null, 3, 1, null]);
  expect(new layers.Flatten().computeOutputShape([2, null, 3])).toEqual([2, null]);
  expect(new layers.Reshape({ targetShape: [4] }).computeOutputShape([null, null, 4])).toEqual([null, 4]);
});
