/** Legacy `.h5` files: of Keras 2 (`write_keras2_files.py`), and of Keras 3 in its legacy format (`write_keras_files.py`). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { readHdf5 } from "../src/hdf5/read-hdf5.ts";
import { loadModel } from "../src/keras/load-model.ts";
import { loadWeights } from "../src/keras/load-weights.ts";
import { trainingStateOf } from "../src/keras/training-state.ts";
import { type Expected, expectOutputs } from "./expect-outputs.ts";

const file = (name: string) => join(import.meta.dirname, "data/keras", name);
const json = (name: string) => JSON.parse(readFileSync(file(name), "utf8")) as Readonly<Record<string, Expected>>;
const [keras2, keras3] = [json("keras2.json"), json("expected.json")];

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

describe("a whole model", () => {
  it.each([
    ["keras2-sequential.h5", keras2["keras2-sequential"]],
    ["keras2-functional.h5", keras2["keras2-functional"]],
    ["legacy-sequential.h5", keras3["sequential"]],
    ["legacy-composed.h5", keras3["composed"]],
  ])("%s computes what Keras computes", async (name, expected) => {
    const before = memory().numTensors;
    const model = await loadModel(file(name));
    expectOutputs(model, expected as Expected);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });
  it("is made of a config of Keras 2 in JSON, too", async () => {
    const source = new Uint8Array(readFileSync(file("keras2-sequential.h5")));
    const config = readHdf5(source).attributes.get("model_config")?.readString() ?? "";
    const model = await loadModel(new TextEncoder().encode(config), { weights: source });
    expectOutputs(model, keras2["keras2-sequential"] as Expected);
    model.dispose();
  });
  it("keeps how Keras 3 compiled it", async () => {
    const model = await loadModel(file("legacy-compiled.h5"));
    const state = trainingStateOf(model);
    expect(state?.compileConfig["optimizer"]).toMatchObject({ module: "keras.optimizers", class_name: "SGD" });
    expect(state?.compileConfig["loss"]).toBe("mse");
    expect(state?.optimizer).toMatchObject([{ path: "optimizer", name: "sgd" }]);
    expect(state?.optimizer[0]?.variables.map(({ shape }) => shape)).toEqual([
      [],
      [],
      ...model.weights.map(({ shape }) => shape),
    ]);
    model.dispose();
  });
});

describe("weights", () => {
  it("belong to layers by their order, those that are trained first", async () => {
    const model = await loadModel(file("keras2-functional.h5"));
    for (const weight of model.weights) weight.assign(new Float32Array(weight.shape.reduce((a, b) => a * b, 1)));
    const { loaded } = await loadWeights(model, file("keras2-functional-weights.h5"));
    expect(loaded).toEqual(["dense_1", "shared", "dense", "inner", "bidirectional", "time_distributed", "stack"]);
    expectOutputs(model, keras2["keras2-functional"] as Expected);
    model.dispose();
  });
  it("of another number of layers, or other shapes, are refused by name", async () => {
    const layer = (units: number) => new keras.Dense({ units });
    const model = new keras.Sequential({ layers: [keras.Input({ shape: [3] }), layer(2)] });
    const source = file("keras2-sequential.h5");
    await expect(loadWeights(model, source)).rejects.toThrow("layers");
    for (const units of [2, 3, 4]) model.add(layer(units));
    await expect(loadWeights(model, source)).rejects.toThrow("could not be loaded.");
    model.dispose();
  });
});
