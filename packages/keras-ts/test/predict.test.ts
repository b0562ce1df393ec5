/** `model.predict` on everything it takes: batches, iterables, promises, and what it refuses. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test, vi } from "vitest";

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

function doubling(): keras.Model {
  const x = keras.Input({ shape: [2], name: "x" });
  return new keras.Model({ inputs: x, outputs: keras.ops.multiply(x, 2) });
}

function* batches(count: number) {
  for (let i = 0; i < count; i++) yield [[i, -i]];
}

async function* later(count: number, failAt = Number.POSITIVE_INFINITY) {
  for (let i = 0; i < count; i++) {
    await Promise.resolve();
    if (i === failAt) throw new Error("the source ended");
    yield [[i, -i]];
  }
}

const numbers = (y: tf.Tensor) => Array.from(y.dataSync(), (v) => v + 0); // −0 becomes 0

describe("predict", () => {
  test("joins batches, the last of which may be smaller, and reports each", () => {
    const seen: keras.PredictProgress[] = [];
    const y = doubling().predict(new Float32Array([1, 2, 3, 4, 5, 6]), {
      batchSize: 2,
      onProgress: (progress) => seen.push(progress),
    });
    expect(y.shape).toEqual([3, 2]);
    expect(numbers(y)).toEqual([2, 4, 6, 8, 10, 12]);
    expect(seen).toEqual([
      { step: 1, steps: 2 },
      { step: 2, steps: 2 },
    ]);
    y.dispose();
  });

  test("takes iterables and async iterables of batches, as many as steps says", async () => {
    const model = doubling();
    const before = tf.memory().numTensors;
    const all = model.predict(batches(3));
    const some = await model.predict(later(5), { steps: 2 });
    expect([numbers(all), numbers(some)]).toEqual([
      [0, 0, 2, -2, 4, -4],
      [0, 0, 2, -2],
    ]);
    tf.dispose([all, some]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("takes no more batches than steps says, and waits for none", async () => {
    async function* stuck() {
      yield* later(2);
      await new Promise(() => undefined);
    }
    const y = await doubling().predict(stuck(), { steps: 2 });
    expect(numbers(y)).toEqual([0, 0, 2, -2]);
    let taken = 0;
    function* counted() {
      for (const batch of batches(9)) {
        taken++;
        yield batch;
      }
    }
    doubling().predict(counted(), { steps: 2 });
    expect(taken).toBe(2); // as many as Keras takes of a generator
  });

  test("an iterable that fails leaves nothing behind", async () => {
    const model = doubling();
    tf.dispose(model.predict(batches(1)));
    const before = tf.memory().numTensors;
    await expect(model.predict(later(4, 2))).rejects.toThrow("the source ended");
    expect(tf.memory().numTensors).toBe(before);
    expect(() => model.predict(batches(0))).toThrow(/no batch/);
  });

  test("sorts the keys of records, as Keras's predict does and its call does not", () => {
    const x = keras.Input({ shape: [1], name: "x" });
    const [two, three] = [keras.ops.multiply(x, 2), keras.ops.multiply(x, 3)];
    const model = new keras.Model({ inputs: x, outputs: { b: two, a: [three, { z: x, y: two }] } });
    type Outputs = { b: tf.Tensor; a: [tf.Tensor, { z: tf.Tensor; y: tf.Tensor }] };
    const keys = (y: Outputs) => [Object.keys(y), Object.keys(y.a[1])];
    expect(keys(model.apply<Outputs>(tf.ones([1, 1])))).toEqual([
      ["b", "a"],
      ["z", "y"],
    ]);
    for (const batchSize of [1, 3]) {
      const y = model.predict<Outputs>([[1], [2], [3]], { batchSize });
      expect(keys(y)).toEqual([
        ["a", "b"],
        ["y", "z"],
      ]);
      expect([y.a[0], y.a[1].y, y.a[1].z, y.b].map(numbers)).toEqual([
        [3, 6, 9],
        [2, 4, 6],
        [1, 2, 3],
        [2, 4, 6],
      ]);
    }
  });

  test("takes what there is where steps asks for more, and warns", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const model = doubling();
    const rows = tf.ones([5, 2]);
    expect(model.predict(rows, { batchSize: 2, steps: 3 }).shape).toEqual([5, 2]);
    expect(model.predict(batches(3)).shape).toEqual([3, 2]);
    expect(warn).not.toHaveBeenCalled();
    expect(model.predict(rows, { batchSize: 2, steps: 7 }).shape).toEqual([5, 2]);
    expect(model.predict(batches(3), { steps: 7 }).shape).toEqual([3, 2]);
    expect((await model.predict(later(3), { steps: 7 })).shape).toEqual([3, 2]);
    expect(warn.mock.calls).toEqual(Array(3).fill([expect.stringMatching(/after 3 batch.*steps=7/)]));
    warn.mockRestore();
  });

  test("prints to the console where there is no terminal", () => {
    vi.stubGlobal("process", undefined);
    const log = vi.spyOn(console, "log").mockReturnValue();
    const verbosity: (0 | 1 | 2 | "auto")[] = ["auto", 0, 1, 2];
    const lines = verbosity.map((verbose) => {
      log.mockClear();
      doubling().predict(batches(3), { verbose });
      return log.mock.calls.map(([text]) => String(text).replace(/[\d.]+m?s.*/, "…"));
    });
    log.mockRestore();
    vi.unstubAllGlobals();
    expect(lines).toEqual([[], [], ["3/3 - …"], ["3/3 - …"]]);
  });

  test("refuses what it cannot use, by name", () => {
    const model = doubling();
    const wrong: [() => unknown, RegExp][] = [
      [() => model.predict("abc" as never), /x='abc'/],
      [() => model.predict(null as never), /x=None/],
      [() => model.predict(batches(1), { batchSize: 2 }), /batch_size=2/],
      [() => model.predict([[1, 2]], { verbose: 3 as never }), /verbose=3/],
      [() => model.predict([[1, 2]], { batchSize: 0 }), /batch_size=0/],
      [() => model.predict([[1, 2]], { steps: 1.5 }), /steps=1.5/],
    ];
    for (const [call, message] of wrong) {
      expect(call).toThrow(keras.ValueError);
      expect(call).toThrow(message);
    }
  });

  test("refuses arrays that are not numbers in rows of one shape, by the place", () => {
    const model = doubling();
    const [a, b] = [keras.Input({ shape: [2], name: "a" }), keras.Input({ shape: [2], name: "b" })];
    const two = new keras.Model({ inputs: [a, b], outputs: keras.ops.add(a, b) });
    const before = tf.memory().numTensors;
    const wrong: [x: unknown, message: RegExp, model?: keras.Model][] = [
      [[[1, 2], [3]], /expected \(2,\).*x\[1\]\.length=1/],
      [
        [
          [1, 2],
          [3, 4, 5],
        ],
        /x\[1\]\.length=3/,
      ],
      [[[1, 2], 3], /x\[1\]=3/],
      [[1, [2]], /number.*x\[1\]\.length=1/],
      [
        [
          [[1], [2]],
          [[3], []],
        ],
        /x\[1\]\[1\]\.length=0/,
      ],
      [[[1, null]], /number.*x\[0\]\[1\]=None/],
      [[new Array(2).fill(1), Object.assign(new Array(2), { 0: 1 })], /x\[1\]\[1\]=None/],
      [[[1, "2"]], /x\[0\]\[1\]='2'/],
      [[["a", 1]], /x\[0\]\[0\]='a'/],
      [[null, 1], /x\[0\]=None/],
      [["ab"], /x\[0\]='ab'/],
      [{ x: "ab" }, /x\['x'\]='ab'/],
      [new Set(["ab"]), /x='ab'/],
      [new Set([null]), /x=None/],
      [new Set([1]), /x=1/],
      [[[[1, 2]], [[1, "b"]]], /x\[1\]\[0\]\[1\]='b'/, two],
      [{ a: [[1, 2]], b: [[1, 2], [3]] }, /x\['b'\]\[1\]\.length=1/, two],
    ];
    for (const [x, message, of = model] of wrong) {
      expect(() => of.predict(x as never)).toThrow(keras.ValueError);
      expect(() => of.predict(x as never)).toThrow(message);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test("gives tensors without masks, which were of the call", () => {
    const x = keras.Input({ shape: [3, 2] });
    const model = new keras.Model({ inputs: x, outputs: new keras.Masking().apply(x) });
    for (const batchSize of [1, 32]) {
      const y = model.predict(
        [
          [
            [1, 2],
            [0, 0],
            [3, 4],
          ],
          [
            [0, 0],
            [1, 1],
            [2, 2],
          ],
        ],
        { batchSize },
      ) as tf.Tensor;
      expect(keras.maskOf(y)).toBeNull();
      new keras.GRU({ units: 1 }).apply(y).dispose();
      y.dispose();
    }
  });
});
