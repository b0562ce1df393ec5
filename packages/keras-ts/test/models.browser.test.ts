/** Models in a page, on both backends: the numbers that Keras on JAX printed for the same programs, seeds included. */
import { cpu } from "@keras-ts/backend-cpu";
import { webgl } from "@keras-ts/backend-webgl";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const BATCH = 5;
const SAMPLE = 8 * 8 * 3;
/** What Keras prints of the classifier for `waves(5, 8, 8, 3)`. */
const SCORES = [
  [0.308376, 0.3254737, 0.3661503],
  [0.3242765, 0.3173399, 0.3583836],
  [0.308006, 0.3210144, 0.3709796],
  [0.3194921, 0.3179549, 0.362553],
  [0.3099099, 0.3215056, 0.3685845],
];
/** Those of the comparison of `waves(3, 12, 2)` with its negative. */
const COMPARED = {
  distance: [
    [0.022038, 0.0166044, 0.0406139, 0.0706714],
    [0.0150308, 0.0142557, 0.1968606, 0.0012661],
    [0.0067542, 0.0960309, 0.1890985, 0.0012422],
  ],
  match: [[0.7217284], [0.7030177], [0.6991177]],
};
/** d(Σ i · score of class 0 of sample i): by the first weights of the first kernel, and by the last bias. */
const GRADIENTS = {
  convolution: [-0.057631, 0.161807, 0.049441, 0.201879],
  scores: [3.229934, -1.507328, -1.722605],
};
const DIGITS = 5; // printed with seven

const glorot = (seed: number) => new keras.initializers.GlorotUniform({ seed });
const waves = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1));

/** A stack with a normalisation, two kinds of convolution and a softmax. */
function classifier(): keras.Sequential {
  return new keras.Sequential({
    layers: [
      keras.Input({ shape: [8, 8, 3] }),
      new keras.Conv2D({
        filters: 4,
        kernelSize: 3,
        padding: "same",
        activation: "relu",
        kernelInitializer: glorot(1),
      }),
      new keras.BatchNormalization(),
      new keras.SeparableConv2D({
        filters: 6,
        kernelSize: 3,
        strides: 2,
        depthwiseInitializer: glorot(2),
        pointwiseInitializer: glorot(3),
      }),
      new keras.GlobalAveragePooling2D(),
      new keras.Dense({ units: 3, activation: "softmax", kernelInitializer: glorot(4), name: "scores" }),
    ],
  });
}

/** Two named inputs through one shared, nested model; two named outputs, one of them made by ops. */
function comparison(): keras.Model {
  const [left, right] = ["left", "right"].map((name) => keras.Input({ shape: [12, 2], name })) as [
    keras.KerasTensor,
    keras.KerasTensor,
  ];
  const ear = new keras.Sequential({
    layers: [
      keras.Input({ shape: [12, 2] }),
      new keras.Conv1D({ filters: 4, kernelSize: 3, activation: "relu", kernelInitializer: glorot(5) }),
      new keras.GlobalMaxPooling1D(),
    ],
    name: "ear",
  });
  const [a, b] = [ear.apply(left), ear.apply(right)];
  const match = new keras.Dense({ units: 1, activation: "sigmoid", kernelInitializer: glorot(6) });
  return new keras.Model({
    inputs: { left, right },
    outputs: {
      distance: keras.ops.abs(keras.ops.subtract(a, b)),
      match: match.apply(new keras.Concatenate().apply<keras.KerasTensor>([a, b])),
    },
  });
}

function expectClose(found: ArrayLike<number>, expected: readonly (readonly number[])[]): void {
  const wanted = expected.flat();
  expect(found.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i], `element ${i}`).toBeCloseTo(value, DIGITS);
}

describe.each([
  ["cpu", cpu],
  ["webgl", webgl],
] as const)("models in a page on %s", (name, makeBackend) => {
  let backend: keras.Backend;
  const counts = () => ({ tensors: tf.memory().numTensors, buffers: backend.memory().buffers });

  beforeAll(async () => {
    backend = makeBackend();
    keras.registerBackend(backend);
    expect(await keras.setBackend(name)).toBe(name);
  });

  afterAll(() => keras.clearSession());

  test("a Sequential model predicts in batches, tells how far it is, and leaves nothing behind", async () => {
    const model = classifier();
    const x = waves(BATCH * SAMPLE);
    const seen: keras.PredictProgress[] = [];
    const y = model.predict(x, { batchSize: 2, onProgress: (progress) => seen.push(progress) });
    expect(y.shape).toEqual([BATCH, 3]);
    expectClose(await y.data(), SCORES);
    expect(seen).toEqual([1, 2, 3].map((step) => ({ step, steps: 3 })));
    const before = counts();
    for (const verbose of ["auto", 0, 1, 2] as const) model.predict(x, { batchSize: 2, verbose }).dispose();
    expect(counts()).toEqual(before);
    y.dispose();
    model.dispose();
  });

  test("frames that arrive one by one are batches", async () => {
    const model = classifier();
    async function* frames() {
      for (let i = 0; i < BATCH; i++) {
        await new Promise(requestAnimationFrame);
        yield waves(BATCH * SAMPLE).slice(i * SAMPLE, (i + 1) * SAMPLE);
      }
    }
    const y = (await model.predict(frames())) as tf.Tensor;
    expectClose(await y.data(), SCORES);
    y.dispose();
    model.dispose();
  });

  test("a functional model takes inputs and gives outputs by name", async () => {
    const model = comparison();
    const left = tf.tensor(waves(3 * 12 * 2), [3, 12, 2]);
    const right = tf.neg(left);
    const found = model.predict({ left, right }) as Record<keyof typeof COMPARED, tf.Tensor>;
    expect(Object.keys(found)).toEqual(["distance", "match"]);
    expectClose(await found.distance.data(), COMPARED.distance);
    expectClose(await found.match.data(), COMPARED.match);
    tf.dispose([found, left, right]);
    model.dispose();
  });

  test("its plan runs on arrays, overlapping too, and follows the weights of a copy made from JSON", async () => {
    const source = comparison();
    const model = keras.modelFromJSON(source.toJSON());
    using plan = await keras.plan(model, {
      inputShapes: [
        [3, 12, 2],
        [3, 12, 2],
      ],
    });
    const left = waves(3 * 12 * 2);
    const right = left.map((value) => -value);
    model.setWeights(source.getWeights());
    const runs = await Promise.all([plan.run([left, right]), plan.run([right, left]), plan.run([left, right])]);
    for (const [i, outputs] of runs.entries()) {
      expectClose(outputs[0] ?? [], COMPARED.distance);
      if (i !== 1) expectClose(outputs[1] ?? [], COMPARED.match);
    }
    const before = counts();
    await plan.run([left, right]);
    expect(counts()).toEqual(before);
    source.dispose();
    model.dispose();
  });

  test("the gradients of its weights are Keras's", async () => {
    const model = classifier();
    const x = tf.tensor(waves(BATCH * SAMPLE), [BATCH, 8, 8, 3]);
    const upstream = tf.tensor([1, 2, 3, 4, 5].map((factor) => [factor, 0, 0]));
    const { value, grads } = tf.variableGrads(
      () => keras.ops.sum(keras.ops.multiply(model.apply(x), upstream)) as tf.Scalar,
    );
    const found = model.trainableWeights.map((weight) => grads[weight.value.name]);
    expect(found.map((gradient) => gradient?.shape)).toEqual(model.trainableWeights.map(({ shape }) => shape));
    expectClose((await found[0]?.data())?.subarray(0, 4) ?? [], [GRADIENTS.convolution]);
    expectClose((await found.at(-1)?.data()) ?? [], [GRADIENTS.scores]);
    tf.dispose([x, upstream, value, grads]);
    model.dispose();
  });
});
