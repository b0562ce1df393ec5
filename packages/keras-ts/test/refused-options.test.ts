/** docs/refused.md holds: each row of its tables is tried, and no attempt is without a row. */
import { readFileSync } from "node:fs";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Attempt, INVALID, UNSUPPORTED } from "./refused-options.ts";

const page = readFileSync(new URL("../../../docs/refused.md", import.meta.url), "utf8");
const [, unsupported = "", invalid = "", otherwise = ""] = page.split(/^## /m);

/** The cells of a table's rows. */
function rows(section: string): string[][] {
  const lines = section.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) =>
    line
      .split(" | ")
      .map((cell) => cell.replace(/^\| | \|$/g, ""))
      .map((cell) => cell.trim()),
  );
}

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

beforeEach(() => keras.clearSession());

const tables: [string, string, Readonly<Record<string, Attempt>>, new (message: string) => Error][] = [
  ["valid in Keras, cannot be done here", unsupported, UNSUPPORTED, keras.UnsupportedError],
  ["taken by Keras, refused here", invalid, INVALID, keras.ValueError],
];

describe.each(tables)("%s", (_, section, attempts, kind) => {
  test("the page and the attempts have the same rows", () => {
    expect(rows(section).map(([what]) => what)).toEqual(Object.keys(attempts));
  });

  test.each(rows(section))("%s", async (what = "", message = "", reason = "") => {
    const words = message.replace(/^`+\s?|\s?`+$/g, "");
    expect(words).not.toBe("");
    expect(reason).not.toBe("");
    const refusal = await refusalOf(attempts[what]);
    expect(refusal).toBeInstanceOf(kind);
    expect(refusal.message).toContain(words);
  });
});

/** What an attempt throws, or rejects with. */
async function refusalOf(attempt: Attempt | undefined): Promise<Error> {
  tf.engine().startScope();
  try {
    await attempt?.();
  } catch (error) {
    if (error instanceof Error) return error;
  } finally {
    tf.engine().endScope();
  }
  throw new Error("It was not refused.");
}

const OTHERWISE: Readonly<Record<string, () => void>> = {
  "masks of ConvLSTM layers": () => {
    const layer = new keras.ConvLSTM1D({ filters: 1, kernelSize: 2, returnSequences: true });
    const [y] = [layer.apply(tf.ones([1, 3, 4, 2]), { mask: tf.tensor2d([[1, 0, 1]]) }).arraySync() as number[][][][]];
    expect(y?.[0]?.[1]).toEqual(y?.[0]?.[0]); // a step that does not count repeats the one before
    expect(y?.[0]?.[2]).not.toEqual(y?.[0]?.[1]);
  },
  "random numbers of recurrent dropout in inference": () => {
    const [layer, other] = [1, 1].map(
      (seed) =>
        new keras.LSTM({ units: 2, dropout: 0.5, seed, kernelInitializer: "ones", recurrentInitializer: "ones" }),
    );
    const x = tf.ones([1, 2, 3]);
    other?.apply(x);
    const [y, z] = [layer, other].map((lstm) => lstm?.apply(x, { training: true }).dataSync());
    expect(y).toEqual(z);
  },
  "integers of an Input": () => {
    const x = keras.Input({ shape: [2], dtype: "int32" });
    const scaled = new keras.Rescaling({ scale: 2 }).apply(x);
    const y = new keras.Model({ inputs: x, outputs: scaled }).predict([
      [1.7, -1.7],
      [2 ** 24 + 1, 0],
    ]);
    expect([x.dtype, y.dtype, [...y.dataSync()]]).toEqual(["int32", "float32", [2, -2, 2 ** 25, 0]]);
  },
  "integer tensors given to a layer that hands integers on, such as MaxPooling2D": () => {
    const y = new keras.MaxPooling2D().apply(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1], "int32"));
    expect([y.dtype, [...y.dataSync()]]).toEqual(["float32", [4]]);
  },
  "integers given to Dropout and SpatialDropout while training": () => {
    const layer = () => new keras.Dropout({ rate: 0.5, seed: 1 });
    const [y, z] = ["int32", "float32"].map((dtype) =>
      layer().apply(tf.ones([2, 8], dtype as "int32" | "float32"), { training: true }),
    );
    expect(y?.dataSync()).toEqual(z?.dataSync());
  },
  "`keras.ops` on symbols of bool, int8, uint8, int16 and uint16": () => {
    const x = keras.Input({ shape: [1], dtype: "uint8" });
    const sum = keras.ops.add(x, x);
    expect(sum.dtype).toBe("uint8");
    expect([...new keras.Model({ inputs: x, outputs: sum }).predict([[200]]).dataSync()]).toEqual([400]);
  },
  comparisons: () => {
    const y = keras.ops.greater(tf.tensor1d([1, 2]), 1.5) as tf.Tensor;
    expect([y.dtype, [...y.dataSync()]]).toEqual(["float32", [0, 1]]);
  },
  masks: () => {
    const y = new keras.Masking().apply(tf.tensor3d([[[0], [1]]]));
    const mask = keras.maskOf(y) as tf.Tensor;
    expect([mask.dtype, [...mask.dataSync()]]).toEqual(["float32", [0, 1]]);
    const bool = tf.tensor2d([[true, false]], undefined, "bool");
    expect(new keras.LSTM({ units: 1 }).apply(tf.ones([1, 2, 3]), { mask: bool }).shape).toEqual([1, 1]);
  },
  "the progress bar of predict": () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const model = new keras.Sequential({ layers: [keras.Input({ shape: [3] }), new keras.Identity()] });
    model.predict(tf.ones([2, 3]));
    const silent = write.mock.calls.length;
    model.predict(tf.ones([2, 3]), { verbose: 1 });
    const shown = write.mock.calls.length;
    write.mockRestore();
    expect(silent).toBe(0);
    expect(shown).toBeGreaterThan(0);
  },
  "the warning of predict that data ran out": () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const model = new keras.Sequential({ layers: [keras.Input({ shape: [3] }), new keras.Identity()] });
    const batch = tf.ones([2, 3]);
    model.predict([batch].values());
    const unasked = warn.mock.calls.length;
    model.predict([batch].values(), { steps: 2 });
    const asked = warn.mock.calls.length;
    warn.mockRestore();
    expect([unasked, asked]).toEqual([0, 1]);
  },
  "masks that come in a record, to a model with a list of inputs": () => {
    const inputs = ["b", "a"].map((name) => keras.Input({ shape: [2, 1], name }));
    const outputs = inputs.map((x) => new keras.Dense({ units: 1 }).apply(x));
    const x = { a: tf.ones([1, 2, 1]), b: tf.ones([1, 2, 1]) };
    const mask = { a: tf.tensor2d([[1, 0]]), b: null };
    const y = new keras.Model({ inputs, outputs }).apply<tf.Tensor[]>(x, { mask });
    const found = y.map((output) => keras.maskOf(output) as tf.Tensor | null);
    expect(found.map((item) => item && [...item.dataSync()])).toEqual([null, [1, 0]]);
  },
  "gradient of a maximum over windows with NaN": () => {
    const x = tf.tensor3d([1, Number.NaN, 2, Number.NaN, Number.NaN, 3], [1, 6, 1]);
    const pool = new keras.MaxPooling1D({ poolSize: 3 });
    const gradient = tf.grad((v) => pool.apply(v))(x, tf.tensor3d([1, 2], [1, 2, 1]));
    expect([...gradient.dataSync()]).toEqual([0, 1, 0, 2, 0, 0]); // Keras: 0 0 1 0 0 2
  },
  "compile_config in the JSON of a compiled model": () => {
    const model = new keras.Sequential({ layers: [keras.Input({ shape: [3] }), new keras.Identity()] });
    const json = JSON.parse(model.toJSON());
    const compiled = { optimizer: "adam", loss: "mse" };
    json.compile_config = compiled;
    expect(JSON.parse(keras.modelFromJSON(JSON.stringify(json)).toJSON()).compile_config).toEqual(compiled);
  },
  "how long a mask lives": () => {
    const y = new keras.Masking().apply(tf.tensor3d([[[0], [1]]]));
    const mask = keras.maskOf(y) as tf.Tensor;
    y.dispose();
    expect(mask.isDisposed).toBe(true);
  },
};

describe("taken by both, done otherwise", () => {
  test("the page and the tests have the same rows", () => {
    expect(rows(otherwise).map(([what]) => what)).toEqual(Object.keys(OTHERWISE));
  });

  test.each(Object.entries(OTHERWISE))("%s", (_, check) => {
    tf.tidy(check);
  });
});
