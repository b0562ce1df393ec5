/** Files that real Keras wrote (`write_keras_files.py`), read, and compared with what Keras computes; and what of them is written again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { memory, ones, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { readHdf5 } from "../src/hdf5/read-hdf5.ts";
import { loadModel } from "../src/keras/load-model.ts";
import { loadWeights } from "../src/keras/load-weights.ts";
import { saveModel } from "../src/keras/save-model.ts";
import { saveWeights } from "../src/keras/save-weights.ts";
import { trainingStateOf } from "../src/keras/training-state.ts";
import { readZip } from "../src/zip/read-zip.ts";
import { Net } from "./custom-layers.ts";
import { type ArrayJson, type Expected, expectOutputs } from "./expect-outputs.ts";
import { treeOf } from "./hdf5-tree.ts";

const file = (name: string) => join(import.meta.dirname, "data/keras", name);
const bytesOf = (name: string) => new Uint8Array(readFileSync(file(name)));
const json = (name: string): unknown => JSON.parse(readFileSync(file(name), "utf8"));
const recorded = json("expected.json");
const expected = recorded as Readonly<Record<string, Expected>>;
const MODELS = ["composed", "sequential", "lora", "nested", "custom", "shared", "compiled"];

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

/** Loads, runs `fn`, and expects that nothing is left. */
async function withModel(name: string, fn: (model: keras.Model) => void | Promise<void>): Promise<void> {
  const before = memory().numTensors;
  const model = await loadModel(file(name));
  await fn(model);
  model.dispose();
  expect(memory().numTensors).toBe(before);
}

const member = (archive: Uint8Array, name: string) => readZip(archive).read(name) ?? new Uint8Array();
const textOf = (archive: Uint8Array, name: string) => new TextDecoder().decode(member(archive, name));

describe("loadModel", () => {
  it.each(MODELS)("%s.keras computes what Keras computes", async (name) => {
    await withModel(`${name}.keras`, (model) => expectOutputs(model, expected[name] as Expected));
  });
  it.each(["3.0.5", "3.4.1", "3.10.0", "3.14.0"])("reads a file of Keras %s", async (version) => {
    await withModel(`keras-${version}.keras`, (model) =>
      expectOutputs(model, json(`keras-${version}.json`) as Expected),
    );
  });
  it.each(["deflated.keras", "folder"])("reads %s", async (name) => {
    await withModel(name, (model) => expectOutputs(model, expected["sequential"] as Expected));
  });
  it("reads a config in JSON with weights beside it", async () => {
    const config = new TextEncoder().encode(textOf(bytesOf("sequential.keras"), "config.json"));
    const model = await loadModel(config, { weights: file("sequential.weights.h5") });
    expectOutputs(model, expected["sequential"] as Expected);
    model.dispose();
    await expect(loadModel(config, { filename: "net.json" })).rejects.toThrow('"net.json" has no weights.');
  });
  it("keeps how the model was compiled, and its optimizer", async () => {
    await withModel("sequential.keras", (model) => expect(trainingStateOf(model)).toBeNull());
    await withModel("nested.keras", (model) => {
      const state = trainingStateOf(model);
      expect(state?.compileConfig["loss"]).toEqual({ image: "mse", label: "categorical_crossentropy" });
      expect(state?.optimizer.map(({ path, name }) => [path, name])).toEqual([["optimizer", "adam"]]);
      const [iteration, learningRate] = state?.optimizer[0]?.variables ?? [];
      expect(iteration).toEqual({ name: "0", dtype: "int32", shape: [], data: Int32Array.of(2) });
      expect(learningRate?.data).toEqual(Float32Array.of(0.01));
      expect(state?.optimizer[0]?.variables.length).toBe(2 + 2 * model.trainableWeights.length);
    });
  });
  it("keeps how models inside of it were compiled, and their optimizers", async () => {
    const warnings: string[] = [];
    const model = await loadModel(file("compiled.keras"), { onWarning: (text) => warnings.push(text) });
    expect(warnings).toEqual([]);
    const states = model.layers.flatMap((layer) => {
      const state = layer instanceof keras.Model ? trainingStateOf(layer) : null;
      return state ? [[layer.name, state.compileConfig["loss"], state.optimizer[0]?.variables.length]] : [];
    });
    expect(states).toEqual([
      ["trained", expect.objectContaining({ class_name: "BinaryCrossentropy" }), 2 + 2 * 2],
      ["untrained", expect.objectContaining({ class_name: "Huber" }), 1],
    ]);
    model.dispose();
  });
  it("names all that it cannot run, with their places, before it makes anything", async () => {
    const before = memory().numTensors;
    const failure = await loadModel(file("unsupported.keras"), { filename: "unsupported.keras" }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(keras.UnsupportedError);
    expect((failure as Error).message).toBe(
      [
        '"unsupported.keras", config.json: 3 parts of this model cannot run here.',
        "- net/twice.function: __lambda__ (byte code of a Python lambda runs in Python only)",
        "- net/inner/half: keras.layers.Conv1D (dtype mixed_float16: keras-ts computes in float32 only)",
        "- net/attention: keras.layers.MultiHeadAttention (keras-ts does not have it)",
      ].join("\n"),
    );
    expect(memory().numTensors).toBe(before);
  });
  it("looks into what has another dtype, too", async () => {
    const dtype = "mixed_bfloat16";
    const dense = { class_name: "Dense", config: { name: "dense", dtype, units: 2 } };
    const inside = { module: null, class_name: "Unknown", config: { name: "inside" }, registered_name: "mine>Unknown" };
    const around = {
      module: "keras.layers",
      class_name: "TimeDistributed",
      config: { name: "around", dtype, layer: inside },
    };
    const layers = [{ module: "keras.layers", ...dense }, around];
    const config = { module: "keras", class_name: "Sequential", config: { name: "net", dtype, layers } };
    const names = keras.saving.findUnsupported(config).map(({ path, className }) => `${path} ${className}`);
    expect(names).toEqual([
      "net Sequential",
      "net/dense Dense",
      "net/around TimeDistributed",
      "net/around/inside Unknown",
    ]);
  });
  it("builds the layers of a model with a call of its own", async () => {
    const net = new Net();
    const x = ones([1, 2, 2]);
    const expected = net.apply<Tensor>(x);
    const loaded = await loadModel(await saveModel(net));
    const outputs = loaded.predict(x);
    expect([...outputs.dataSync()]).toEqual([...expected.dataSync()]);
    for (const owned of [x, expected, outputs, net, loaded]) owned.dispose();
  });
});

describe("saveModel", () => {
  it.each(MODELS)("writes the config of %s byte for byte", async (name) => {
    await withModel(`${name}.keras`, async (model) => {
      const [ours, theirs] = [await saveModel(model), bytesOf(`${name}.keras`)].map((archive) =>
        textOf(archive, "config.json").replace(/, "shared_object_id": \d+/g, ""),
      );
      expect(ours).toBe(theirs);
    });
  });
  it.each(MODELS)("writes the groups, arrays and attributes of %s bit for bit, the optimizer's too", async (name) => {
    await withModel(`${name}.keras`, async (model) => {
      const archive = await saveModel(model);
      const [ours, theirs] = [archive, bytesOf(`${name}.keras`)].map((bytes) =>
        treeOf(member(bytes, "model.weights.h5")),
      );
      expect(ours).toEqual(theirs);
    });
  });
  it("gives equal bytes for equal models, and has no date unless it is told one", async () => {
    await withModel("nested.keras", async (model) => {
      const first = await saveModel(model);
      const again = await loadModel(first);
      expect(await saveModel(again)).toEqual(first);
      again.dispose();
      expect(textOf(first, "metadata.json")).toBe('{"keras_version": "3.15.1"}');
      const dated = await saveModel(model, null, { dateSaved: new Date("2026-01-31T23:59:00Z") });
      expect(JSON.parse(textOf(dated, "metadata.json"))).toEqual({
        keras_version: "3.15.1",
        date_saved: "2026-01-31@23:59:00",
      });
    });
  });
  it("leaves out training where it is told to", async () => {
    await withModel("nested.keras", async (model) => {
      const archive = await saveModel(model, null, { includeOptimizer: false });
      expect(JSON.parse(textOf(archive, "config.json"))).toMatchObject({ compile_config: {} });
      expect(readHdf5(member(archive, "model.weights.h5")).keys()).toEqual(["layers", "vars"]);
    });
    await withModel("compiled.keras", async (model) => {
      const archive = await saveModel(model, null, { includeOptimizer: false });
      expect(textOf(archive, "config.json")).not.toContain('"compile_config": {"');
      expect(Object.keys(treeOf(member(archive, "model.weights.h5"))).join()).not.toContain("optimizer");
    });
  });
});

describe("loadWeights", () => {
  it("reads what saveWeights writes, which is what Keras writes", async () => {
    await withModel("sequential.keras", async (model) => {
      const bytes = await saveWeights(model);
      expect(treeOf(bytes)).toEqual(treeOf(bytesOf("sequential.weights.h5")));
      for (const weight of model.weights) weight.assign(new Float32Array(weight.shape.reduce((a, b) => a * b, 1)));
      const report = await loadWeights(model, bytes);
      expect(report).toMatchObject({ skipped: [], leftOver: [] });
      expect(report.loaded).toEqual(["layers/depthwise_conv1d", "layers/conv1d", "layers/conv1d_1"]);
      expectOutputs(model, expected["sequential"] as Expected);
    });
  });
  it.each(["sharded.weights.json", "deflated.keras", "folder"])("reads %s", async (name) => {
    await withModel("sequential.keras", async (model) => {
      model.weights[0]?.assign(new Float32Array(18));
      await loadWeights(model, file(name));
      expectOutputs(model, expected["sequential"] as Expected);
    });
  });
  it("takes the shards of a map in bytes by name", async () => {
    await withModel("sequential.keras", async (model) => {
      const map = bytesOf("sharded.weights.json");
      const names = ["sharded_00000.weights.h5", "sharded_00001.weights.h5"];
      await loadWeights(model, map, { shards: Object.fromEntries(names.map((name) => [name, bytesOf(name)])) });
      expectOutputs(model, expected["sequential"] as Expected);
      await expect(loadWeights(model, map)).rejects.toThrow("names the shard 'sharded_00000.weights.h5'");
    });
  });
  it("finds the layers of a class with a call by attribute", async () => {
    keras.clearSession();
    const model = new Net({ name: "net" });
    model.ensureBuilt([[1, 6, 2]]);
    await expect(loadWeights(model, file("net.weights.h5"))).rejects.toThrow(
      "- alpha/vars: layer 'dense' (Dense) was never built and has no variables, the file has 2.",
    );
    tidy(() => model.apply(zeros([1, 6, 2])));
    const { loaded } = await loadWeights(model, file("net.weights.h5"));
    expect(loaded).toEqual(["alpha", "blocks/conv1d", "blocks/conv1d_1", "layers/conv1d_2", "layers/dense_1"]);
    expectOutputs(model, expected["net"] as Expected);
    expect(treeOf(await saveWeights(model))).toMatchObject({ "/layers/conv1d_2/vars": [["name", model.zeta.name]] });
    model.dispose();
  });
  it("casts bfloat16, float16, float64 and int64 to float32", async () => {
    await withModel("sequential.keras", async (model) => {
      await loadWeights(model, file("dtypes.weights.h5"));
      const { conv1d, conv1d_1: second } = (recorded as { readonly dtypes: Readonly<Record<string, ArrayJson>> })
        .dtypes;
      const values = model.layers.slice(1, 3).map((layer) => layer.weights.map(({ value }) => [...value.dataSync()]));
      expect(values[0]?.[0]).toEqual(conv1d?.values);
      expect(values[1]).toEqual([second?.values, [1, -2]]);
    });
  });
});

describe("weights that do not fit", () => {
  const other = () =>
    new keras.Sequential({
      layers: [
        keras.Input({ shape: [8, 3] }),
        new keras.DepthwiseConv1D({ kernelSize: 3, depthMultiplier: 2 }),
        new keras.Conv1D({ filters: 5, kernelSize: 3, name: "other" }),
        new keras.Conv1D({ filters: 2, kernelSize: 1, useBias: false }),
        new keras.Dense({ units: 2 }),
      ],
    });
  const lines = [
    "- layers/conv1d/vars/0: the 'kernel' of layer 'other' (Conv1D) has shape (3, 6, 5). Received: shape=(3, 6, 4)",
    "- layers/conv1d_1/vars: layer 'conv1d' (Conv1D) expected 1 variables (kernel), but received 2",
    "- layers/dense/vars: layer 'dense' (Dense) expected 2 variables (kernel, bias), but received 0: there is no such group",
  ];

  it("are refused, all named, and nothing is assigned", async () => {
    keras.clearSession();
    const model = other();
    const before = model.weights.map(({ value }) => [...value.dataSync()]);
    const failure = await loadWeights(model, bytesOf("sequential.weights.h5")).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(keras.ValueError);
    expect((failure as Error).message).toBe(['"(bytes)": 3 layers could not be loaded.', ...lines].join("\n"));
    expect(model.weights.map(({ value }) => [...value.dataSync()])).toEqual(before);
    model.dispose();
  });
  it("are skipped with skipMismatch, layer by layer, with a warning", async () => {
    keras.clearSession();
    const model = other();
    const warnings: string[] = [];
    const options = { skipMismatch: true, filename: "w.h5", onWarning: (text: string) => warnings.push(text) };
    const report = await loadWeights(model, bytesOf("sequential.weights.h5"), options);
    expect(report.loaded).toEqual(["layers/depthwise_conv1d"]);
    expect(report.skipped.map((line) => `- ${line}`)).toEqual(lines);
    expect(report.leftOver).toEqual(["layers/conv1d", "layers/conv1d_1"]);
    expect(warnings[0]).toContain('"w.h5": 3 layers could not be loaded.');
    model.dispose();
  });
  it("that no layer took are told", async () => {
    const model = new keras.Sequential({
      layers: [keras.Input({ shape: [8, 3] }), new keras.DepthwiseConv1D({ kernelSize: 3, depthMultiplier: 2 })],
    });
    const warnings: string[] = [];
    const onWarning = (text: string) => warnings.push(text);
    const { leftOver } = await loadWeights(model, file("sequential.weights.h5"), { filename: "w.h5", onWarning });
    expect(leftOver).toEqual(["layers/conv1d", "layers/conv1d_1"]);
    expect(warnings).toEqual([
      '"w.h5": the file has weights that no layer of the model took: layers/conv1d, layers/conv1d_1. The model may be another one than was saved.',
    ]);
    model.dispose();
  });
  it("in private fields are refused, since a file would lack them", async () => {
    class Hidden extends keras.Layer {
      static override readonly className = "Hidden";
      readonly #inner = new keras.Dense({ units: 2, name: "inner" });
      protected override get sublayers(): readonly keras.Layer[] {
        return [this.#inner];
      }
      override build(inputShape: keras.Shapes): void {
        this.#inner.ensureBuilt([inputShape as keras.PartialShape]);
        super.build(inputShape);
      }
      override call(inputs: keras.Value): keras.Value {
        return this.#inner.apply(inputs);
      }
    }
    const model = new keras.Sequential({ layers: [keras.Input({ shape: [3] }), new Hidden()] });
    await expect(saveWeights(model)).rejects.toThrow("in layers that files cannot find: ");
    model.dispose();
  });
});
