/** Legacy `.h5` files that tf-keras (Keras 2) and Keras 3 wrote (`write_legacy_files.py`), and what they compute there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { loadModel, loadWeights, readHdf5, saveModel, trainingStateOf, writeHdf5 } from "../src/index.ts";
import { type Expected, expectOutputs } from "./expect-outputs.ts";

const file = (name: string) => join(import.meta.dirname, "data/legacy", name);
const json = (name: string) => JSON.parse(readFileSync(file(name), "utf8")) as Readonly<Record<string, Expected>>;
const expected = { ...json("expected-keras2.json"), ...json("expected-keras3.json") };
const silent = { onWarning: () => {} };

/** Keras 3.15.1 itself cannot read it: it wrote the ops that make masks without their modules. */
const UNREADABLE = "keras3-recurrent";

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

async function withModel(name: string, fn: (model: keras.Model) => void | Promise<void>, options = {}): Promise<void> {
  const before = memory().numTensors;
  const model = await loadModel(file(`${name}.h5`), { ...silent, ...options });
  await fn(model);
  model.dispose();
  expect(memory().numTensors).toBe(before);
}

async function warningsOf(name: string, options = {}): Promise<string[]> {
  const warnings: string[] = [];
  await withModel(name, () => {}, { ...options, onWarning: (text: string) => warnings.push(text) });
  return warnings;
}

describe("loadModel", () => {
  // The formula of hard_sigmoid differs; the next test gives Keras 2's.
  const names = Object.keys(expected).filter((name) => name !== "keras2-hard-sigmoid" && name !== UNREADABLE);
  it.each(names)("%s.h5 computes what Keras computes", async (name) => {
    await withModel(name, (model) => expectOutputs(model, expected[name] as Expected));
  });
  it("says that hard_sigmoid is Keras 3's, and takes another one", async () => {
    const { ops } = keras;
    const customObjects = {
      hard_sigmoid: (x: keras.ops.Value) => ops.clip(ops.add(ops.multiply(x, 0.2), 0.5), 0, 1),
    };
    expect(await warningsOf("keras2-hard-sigmoid")).toEqual([expect.stringMatching(/hard_sigmoid .* in gate\./)]);
    expect(await warningsOf("keras3-hard-sigmoid")).toEqual([]);
    expect(await warningsOf("keras2-hard-sigmoid", { customObjects })).toEqual([]);
    await withModel(
      "keras2-hard-sigmoid",
      (model) => expectOutputs(model, expected["keras2-hard-sigmoid"] as Expected),
      {
        customObjects,
      },
    );
  });
  it("refuses Python lambdas and unknown classes by their place", async () => {
    const before = memory().numTensors;
    for (const version of [2, 3])
      await expect(loadModel(file(`keras${version}-lambda.h5`))).rejects.toThrow("lambdas/twice.function: __lambda__");
    await expect(loadModel(file(`${UNREADABLE}.h5`))).rejects.toThrow(/recurrent\/\w+: NotEqual/);
    expect(memory().numTensors).toBe(before);
  });
  it("keeps how Keras 3 compiled a model, and says that Keras 2's is lost", async () => {
    await withModel("keras3-compiled", async (model) => {
      const state = trainingStateOf(model);
      expect(state?.compileConfig["optimizer"]).toMatchObject({ module: "keras.optimizers", class_name: "Adam" });
      expect(state?.compileConfig["loss"]).toBe("mse");
      expect(state?.optimizer[0]?.variables).toHaveLength(2 + 2 * model.trainableWeights.length);
      expect(await saveModel(model)).toBeInstanceOf(Uint8Array);
    });
    expect(await warningsOf("keras2-compiled")).toEqual([expect.stringContaining("compile it again")]);
    await withModel("keras2-compiled", (model) => expect(trainingStateOf(model)).toBeNull());
  });
  it("takes a config of Keras 2 in JSON, too", async () => {
    const source = new Uint8Array(readFileSync(file("keras2-images.h5")));
    const config = readHdf5(source).attributes.get("model_config")?.readString() ?? "";
    const model = await loadModel(new TextEncoder().encode(config), { weights: source });
    expectOutputs(model, expected["keras2-images"] as Expected);
    model.dispose();
  });
  it("refuses a file of weights", async () => {
    await expect(loadModel(file("keras2-weights.h5"))).rejects.toThrow("this file has weights only");
  });
});

describe("loadWeights", () => {
  const plain = (units = 2) =>
    new keras.Sequential({
      layers: [
        keras.Input({ shape: [9, 3] }),
        new keras.Conv1D({ name: "stem", filters: 4, kernelSize: 3, padding: "same", activation: "relu" }),
        new keras.BatchNormalization({ name: "norm" }),
        new keras.GlobalAveragePooling1D({}),
        new keras.Dense({ name: "top", units, activation: "softmax" }),
      ],
    });

  it("gives the k-th layer with weights of a file to the k-th of the model", async () => {
    const model = plain();
    const { loaded } = await loadWeights(model, file("keras2-weights.h5"));
    expect(loaded).toEqual(["stem", "norm", "dense_1"]);
    expectOutputs(model, expected["keras2-compiled"] as Expected);
    model.dispose();
  });
  it("counts layers that are trained first", async () => {
    await withModel("keras2-everything", async (model) => {
      for (const weight of model.weights) weight.assign(new Float32Array(weight.shape.reduce((a, b) => a * b, 1)));
      const { loaded } = await loadWeights(model, file("keras2-everything-weights.h5"));
      expect(loaded).toEqual(["wide", "shared", "narrow", "inner", "bidirectional", "time_distributed", "stack"]);
      expectOutputs(model, expected["keras2-everything"] as Expected);
    });
  });
  it("gives layers of the same name to each other with byName", async () => {
    const model = plain(5);
    const warnings: string[] = [];
    const options = { byName: true, onWarning: (text: string) => warnings.push(text) };
    const report = await loadWeights(model, file("keras2-weights.h5"), options);
    expect(report).toEqual({ loaded: ["stem", "norm"], skipped: [], leftOver: ["dense_1"] });
    expect(warnings).toEqual([]);
    model.dispose();
  });
  it("names everything that does not fit", async () => {
    const model = plain(5);
    const source = file("keras2-weights.h5");
    await expect(loadWeights(model, source)).rejects.toThrow(
      /dense_1: layer 'top' .Dense.: the 'kernel' has shape .4, 5.. Received: shape=.4, 2.; the 'bias' has shape .5/,
    );
    const report = await loadWeights(model, source, { skipMismatch: true, ...silent });
    expect(report).toMatchObject({ loaded: ["stem", "norm"], skipped: [expect.stringContaining("dense_1")] });
    await expect(loadWeights(model, file("keras2-several.h5"))).rejects.toThrow(
      "the model has 3 layers with weights (stem, norm, top), the file 2 (shared, score).",
    );
    model.dispose();
  });
  it("reads lists that HDF5 could not hold in one attribute", async () => {
    const model = new keras.Sequential({
      layers: [
        keras.Input({ shape: [1] }),
        ...["a", "b"].map((name) => new keras.Dense({ name, units: 1, useBias: false })),
      ],
    });
    const group = (name: string, value: number) => ({
      children: new Map([[name, { dtype: "float32", shape: [1, 1], data: Float32Array.of(value) } as const]]),
      attributes: new Map([["weight_names0", [name]]]),
    });
    const bytes = writeHdf5({
      children: new Map([
        ["x", group("k", 3)],
        ["y", group("k", 4)],
      ]),
      attributes: new Map([
        ["layer_names0", ["y"]],
        ["layer_names1", ["x"]],
      ]),
    });
    await loadWeights(model, bytes);
    expect(model.weights.map(({ value }) => value.dataSync()[0])).toEqual([4, 3]);
    model.dispose();
  });
  it("has byName for legacy files only", async () => {
    const model = plain();
    const bytes = await saveModel(model);
    await expect(loadWeights(model, bytes, { byName: true })).rejects.toThrow("byName");
    model.dispose();
  });
});
