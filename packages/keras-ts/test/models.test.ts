/** Behaviour of models as Keras 3.15.1 shows it; each expectation was printed by Keras on JAX for the same program. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

const { ops } = keras;

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

beforeEach(() => keras.clearSession());

const x1 = tf.ones([1, 2]);
const x2 = tf.fill([1, 2], 2);
const input = (name: string, shape: (number | null)[] = [2]) => keras.Input({ shape, name });
const dense = (units: number, args: object = {}) => new keras.Dense({ units, ...args });
const values = (y: unknown): unknown => (y instanceof tf.Tensor ? y.arraySync() : (y as unknown[]).map(values));

/** Notes what its call was given. */
class Notes extends keras.Layer {
  static override readonly className: string = "Notes";
  static override readonly takesMask = true;
  static seen: unknown[] = [];
  override get supportsMasking(): boolean {
    return true;
  }
  override call(inputs: keras.Value, { training, mask }: keras.CallOptions): keras.Value {
    Notes.seen.push(mask instanceof tf.Tensor ? mask.arraySync() : (training ?? null));
    return inputs;
  }
  override computeOutputShape(shape: keras.Shapes): keras.Shapes {
    return shape;
  }
}

class NotesFalse extends Notes {
  static override readonly className = "NotesFalse";
  static override readonly trainingDefault = false;
}

const noted = (run: () => unknown): unknown[] => {
  Notes.seen = [];
  run();
  return Notes.seen;
};

/** a + 10 b, on inputs in a list or a record. */
function sumModel(kind: "list" | "record" | "unsorted" | "deep"): keras.Model {
  const [a, b] = [input("a"), input("b")];
  const outputs = ops.add(a, ops.multiply(b, 10));
  const inputs: Record<typeof kind, keras.Nested<keras.KerasTensor>> = {
    list: [a, b],
    record: { a, b },
    unsorted: { z: a, y: b },
    deep: { q: [a, b] },
  };
  return new keras.Model({ inputs: inputs[kind], outputs });
}

describe("inputs of functional models", () => {
  test.each([
    ["list", [x1, x2]],
    ["list", { a: x1, b: x2 }],
    ["list", { b: x2, a: x1 }],
    ["list", { a: x1, b: x2, c: x2 }],
    ["record", { b: x2, a: x1 }],
    ["unsorted", { y: x2, z: x1 }],
    ["deep", { q: [x1, x2] }],
  ] as const)("%s takes its values %#", (kind, given) => {
    expect(values(sumModel(kind).apply(given))).toEqual([[21, 21]]);
    expect(values(sumModel(kind).predict(given as keras.PredictInput))).toEqual([[21, 21]]);
  });

  test.each([
    ["record", [x1, x2]],
    ["record", { a: x1, b: x2, c: x2 }],
    ["deep", [x1, x2]],
  ] as const)("%s takes another structure in order, with one warning %#", (kind, given) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const model = sumModel(kind);
    for (let i = 0; i < 2; i++) expect(values(model.apply(given))).toEqual([[21, 21]]);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/structure of the inputs/)]]);
    warn.mockRestore();
  });

  test.each([
    ["list", { z: x1, y: x2 }, /missing data for input "a".*\('z', 'y'\).*\('a', 'b'\)/],
    ["list", { a: x1 }, /missing data for input "b"/],
    ["list", [x1, x2, x2], /2 input\(s\) with keys \('a', 'b'\), but it received 3/],
    ["list", x1, /2 input\(s\) with keys \('a', 'b'\), but it received 1/],
    ["list", [x1, null], /'b'.*not optional, but None was passed/],
    ["unsorted", [x1, x2], /structure.*Expected: \{'z': 'a', 'y': 'b'\}/],
    ["unsorted", { a: x1, b: x2 }, /missing data for input "y".*\('y', 'z'\)/],
    ["deep", x1, /2 input\(s\), but it received 1/],
  ] as const)("%s refuses %#", (kind, given, message) => {
    expect(() => sumModel(kind).apply(given as never)).toThrow(keras.ValueError);
    expect(() => sumModel(kind).apply(given as never)).toThrow(message);
  });

  test("a last axis of size 1 is added or dropped; other shapes are refused", () => {
    const a = input("a", [3, 1]);
    const model = new keras.Model({ inputs: a, outputs: ops.multiply(a, 2) });
    for (const shape of [
      [2, 3, 1],
      [2, 3],
      [2, 3, 1, 1],
      [0, 3, 1],
    ])
      expect(model.apply(tf.ones(shape)).shape).toEqual([shape[0], 3, 1]);
    for (const shape of [[2, 4, 1], [2, 3, 1, 2], [3]])
      expect(() => model.apply(tf.ones(shape))).toThrow(/'a'.*expected shape=\(None, 3, 1\)/);
    const stack = new keras.Sequential({ layers: [keras.Input({ shape: [3] }), new Notes()] });
    expect(stack.apply(tf.ones([2, 3, 1])).shape).toEqual([2, 3]);
  });
});

describe("training", () => {
  const x = tf.ones([2, 3]);

  test("explicit, then the call around, then the default; predict says false", () => {
    const stack = new keras.Sequential({ layers: [new Notes(), new NotesFalse()] });
    stack.apply(x);
    expect(noted(() => stack.apply(x))).toEqual([null, false]);
    expect(noted(() => stack.apply(x, { training: true }))).toEqual([true, true]);
    expect(noted(() => stack.predict(x))).toEqual([false, false]);
    const a = input("a", [3]);
    const outputs = new NotesFalse().apply(new Notes().apply(a, { training: true }), { training: false });
    const model = new keras.Model({ inputs: a, outputs });
    expect(noted(() => model.apply(x))).toEqual([true, false]);
    expect(noted(() => model.apply(x, { training: true }))).toEqual([true, true]);
    expect(noted(() => model.predict(x))).toEqual([false, false]);
    const outer = new keras.Model({ inputs: a, outputs: stack.apply(a, { training: true }) });
    expect(noted(() => outer.apply(x))).toEqual([true, true]);
    expect(noted(() => outer.apply(x, { training: false }))).toEqual([false, false]);
  });

  test("a dropout called for training draws in every call but predict's", () => {
    const a = input("a", [64]);
    const model = new keras.Model({
      inputs: a,
      outputs: new keras.Dropout({ rate: 0.5 }).apply(a, { training: true }),
    });
    const ones = tf.ones([1, 64]);
    expect(new Set(model.apply(ones).dataSync())).toEqual(new Set([0, 2]));
    expect(new Set(model.predict(ones).dataSync())).toEqual(new Set([1]));
  });

  test("moving statistics follow only what trains", () => {
    const a = input("a", [3]);
    const layer = new keras.BatchNormalization({});
    const model = new keras.Model({ inputs: a, outputs: layer.apply(a) });
    const mean = () => layer.getWeights()[2]?.dataSync()[0];
    model.apply(x);
    expect(mean()).toBe(0);
    model.apply(x, { training: true });
    expect(mean()).toBeCloseTo(0.01, 7);
    for (const frozen of [layer, model]) {
      frozen.trainable = false;
      model.apply(x, { training: true });
      frozen.trainable = true;
      expect(mean()).toBeCloseTo(0.01, 7);
    }
    model.apply(x, { training: true });
    model.predict(x);
    expect(mean()).toBeCloseTo(0.0199, 7);
  });

  test("trainable: a setter reaches the layers, a constructor does not", () => {
    const a = input("a", [3]);
    const last = dense(2);
    const model = new keras.Model({ inputs: a, outputs: last.apply(dense(3).apply(a)) });
    model.trainable = false;
    expect(model.layers.map(({ trainable }) => trainable)).toEqual([false, false, false]);
    last.trainable = true;
    expect([model.trainable, model.trainableWeights.length]).toEqual([false, 0]);
    model.trainable = true;
    expect(model.trainableWeights).toHaveLength(4);
    const stack = new keras.Sequential({ layers: [dense(2)], trainable: false });
    stack.build([null, 3]);
    stack.add(dense(2));
    expect(stack.layers.map(({ trainable }) => trainable)).toEqual([true, true]);
    expect([stack.trainableWeights.length, stack.weights.length]).toEqual([0, 4]);
  });
});

describe("shapes of functional models", () => {
  test("one an input, as Keras refuses others", () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue(); // of the list for a record
    const pair = sumModel("list");
    expect(
      pair.computeOutputShape([
        [null, 2],
        [5, 2],
      ]),
    ).toEqual([5, 2]);
    expect(pair.computeOutputShape({ b: [5, 2], a: [5, 2] })).toEqual([5, 2]);
    expect(
      sumModel("record").computeOutputShape([
        [5, 2],
        [5, 2],
      ]),
    ).toEqual([5, 2]);
    const a = input("alone");
    const single = new keras.Model({ inputs: a, outputs: dense(3).apply(a) });
    expect([single.computeOutputShape([null, 2]), single.computeOutputShape([[4, 2]])]).toEqual([
      [null, 3],
      [4, 3],
    ]);
    const wrong: [() => unknown, RegExp][] = [
      [() => pair.computeOutputShape([null, 2]), /expects 2 input.*received 1 .*\(None, 2\)/],
      [() => pair.computeOutputShape([[null, 2]]), /expects 2 input.*received 1 /],
      [
        () =>
          pair.computeOutputShape([
            [1, 2],
            [1, 2],
            [1, 2],
          ]),
        /expects 2 input.*received 3 /,
      ],
      [() => pair.computeOutputShape({ a: [1, 2], c: [1, 2] }), /missing data for input "b"/],
      [
        () =>
          pair.computeOutputShape([
            [1, 2],
            [1, 5],
          ]),
        /Input 'b'.*\(None, 2\).*\(1, 5\)/,
      ],
      [
        () =>
          single.computeOutputShape([
            [1, 2],
            [1, 2],
          ]),
        /expects 1 input.*received 2 /,
      ],
    ];
    for (const [call, message] of wrong) {
      expect(call).toThrow(keras.ValueError);
      expect(call).toThrow(message);
    }
    warn.mockRestore();
  });
});

describe("arguments", () => {
  const others = { dtype: "float32", activityRegularizer: "l2", inputShape: [2] };

  test.each(Object.entries(others))("%s is not one of Sequential's, nor of functional models", (name, value) => {
    const message = /^Unrecognized keyword arguments passed to \w+: {'\w+': /;
    expect(() => new keras.Sequential({ [name]: value } as never)).toThrow(message);
    const a = input("a");
    expect(() => new keras.Model({ inputs: a, outputs: dense(1).apply(a), [name]: value })).toThrow(message);
  });

  test("classes of the user's with a call take what layers take", () => {
    class Doubled extends keras.Model {
      override call(x: keras.Value): keras.Value {
        return ops.multiply(x, 2);
      }
    }
    const model = new Doubled({ ...others, name: "own" });
    expect(values(model.apply(x1))).toEqual([[2, 2]]);
    const [loss] = model.losses.map((x) => x.dataSync()[0]);
    expect(loss).toBeCloseTo(0.01 * 8, 6); // l2 of four over a batch of one
  });

  test("a Sequential's config says trainable and dtype, and Keras reads neither", () => {
    const { config } = JSON.parse(new keras.Sequential({ layers: [dense(1)], trainable: false }).toJSON());
    expect([config.trainable, config.dtype.config.name]).toEqual([false, "float32"]);
    config.dtype.config.name = "mixed_float16";
    const copy = keras.Sequential.fromConfig(config);
    expect([copy.trainable, copy.dtypePolicy.name]).toEqual([true, "float32"]);
  });
});

describe("masks", () => {
  const tokens = tf.tensor2d([1, 2, 0, 3, 0, 0], [2, 3], "int32");
  const expected = [
    [1, 1, 0],
    [1, 0, 0],
  ];
  const embedding = () => new keras.Embedding({ inputDim: 5, outputDim: 2, maskZero: true });
  const maskOf = (y: keras.Value) => {
    const mask = keras.maskOf(y);
    return mask instanceof tf.Tensor ? mask.arraySync() : null;
  };

  test("pass through what supports them, into nested models, and end at a convolution", () => {
    const stack = new keras.Sequential({ layers: [embedding(), dense(3), new Notes()] });
    let y = stack.apply(tokens);
    expect(noted(() => stack.apply(tokens))).toEqual([expected]);
    expect(maskOf(y)).toEqual(expected);
    const tokensIn = keras.Input({ shape: [3], dtype: "int32" });
    const inside = keras.Input({ shape: [3, 2] });
    const inner = new keras.Model({ inputs: inside, outputs: new Notes().apply(dense(2).apply(inside)) });
    const model = new keras.Model({ inputs: tokensIn, outputs: inner.apply(embedding().apply(tokensIn)) });
    expect(noted(() => (y = model.apply(tokens)))).toEqual([expected]);
    expect(maskOf(y)).toEqual(expected);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const conv = new keras.Conv1D({ filters: 2, kernelSize: 1, name: "conv" });
    const ended = new keras.Sequential({ layers: [embedding(), conv] });
    ended.apply(tokens);
    expect(maskOf(ended.apply(tokens))).toBe(null);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/'conv'.*destroy the mask/)]]);
    warn.mockRestore();
  });

  test("given to a call they win, and leave nothing on the caller's tensors", () => {
    const a = input("a", [3, 2]);
    const model = new keras.Model({ inputs: a, outputs: new Notes().apply(dense(2).apply(a)) });
    const x = tf.ones([2, 3, 2]);
    const mask = tf.tensor2d(expected);
    expect(noted(() => model.apply(x, { mask }))).toEqual([expected]);
    expect(keras.maskOf(x)).toBe(null);
  });

  test("one an input, by name where they come in a record; another number is refused", () => {
    const [b, a] = [input("b", [2, 1]), input("a", [2, 1])];
    const model = new keras.Model({ inputs: [b, a], outputs: [dense(1).apply(b), dense(1).apply(a)] });
    const values = { a: tf.ones([1, 2, 1]), b: tf.ones([1, 2, 1]) };
    const mask = tf.tensor2d([[1, 0]]);
    const seen = (inputs: keras.Nested<keras.Value>, masks?: keras.Nested<keras.Value | null>) =>
      model.apply<tf.Tensor[]>(inputs, masks === undefined ? {} : { mask: masks }).map(maskOf);
    expect(seen([values.b, values.a], [null, mask])).toEqual([null, [[1, 0]]]);
    expect(seen(values, { a: mask, b: null })).toEqual([null, [[1, 0]]]);
    const masked = new keras.Masking().apply(tf.tensor3d([[[1], [0]]]));
    expect(seen({ ...values, a: masked, extra: masked })).toEqual([null, [[1, 0]]]);
    const others: keras.Nested<keras.Value>[] = [mask, [mask], [mask, mask, mask], { a: mask }, { a: mask, c: mask }];
    for (const wrong of others) {
      expect(() => seen([values.b, values.a], wrong)).toThrow(keras.ValueError);
      expect(() => seen([values.b, values.a], wrong)).toThrow(/'functional.*one mask for each of its 2 input/);
    }
  });

  test("outputs own their masks", () => {
    const stack = new keras.Sequential({ layers: [embedding(), dense(3)] });
    stack.apply(tokens).dispose();
    const before = tf.memory().numTensors;
    stack.apply(tokens).dispose();
    stack.predict(tokens, { batchSize: 1 }).dispose();
    tf.tidy(() => void stack.apply(tokens));
    expect(tf.memory().numTensors).toBe(before);
  });
});
