/** Calls with several inputs and outputs, masks, states and repetitions; and whole models: suites made by hand. */
import { describe, expect, it } from "vitest";
import { layerCaseHasMode } from "../src/replay/replay-layer.ts";
import { loadSuites } from "../src/suite/load.ts";
import type { Json, JsonObject } from "../src/suite/manifest.ts";
import type { NdArray } from "../src/suite/nd-array.ts";
import type { Alterations } from "./recalling-engine.ts";
import { runCommand, writeSuite } from "./suites.ts";

const array = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
const arrays = {
  "a.npy": array([1, 2], 1, 2),
  "b.npy": array([1, 2], 3, 5),
  "sum.npy": array([1, 2], 4, 7),
  "more.npy": array([1, 2], 8, 14),
  "mask.npy": array([1, 2], 1, 0),
  "ones.npy": array([1, 2], 1, 1),
  "w.npy": array([2], 0.5, 1.5),
  "v.npy": array([2], 0.25, 2),
};
const file = (name: string) => ({ file: `${name}.npy` });
const layer = (class_name: string, config: JsonObject = {}): JsonObject => ({
  module: "keras.layers",
  class_name,
  config: { name: "it", ...config },
  registered_name: null,
});
const two = {
  id: "two/inputs",
  kind: "layer",
  origin: "by hand",
  layer: layer("Mixed"),
  inputs: [file("a"), { ...file("b"), dtype: "int32" }],
  mask: [file("mask"), null],
  initial_state: [file("ones")],
  calls: 2,
  training: null,
  weights: [
    { path: "cell/scale", trainable: true, ...file("w") },
    { path: "count", trainable: false, ...file("w") },
  ],
  outputs: [file("sum"), file("more")],
  output_masks: [file("mask"), null],
  output_shape: [
    [null, 2],
    [null, 2],
  ],
  state: [{ path: "count", ...file("v") }],
  gradients: { upstream: ["ones.npy", null], inputs: ["a.npy", null], weights: ["w.npy", null] },
};

async function replay(item: Record<string, unknown> & { id: string }, alter: Alterations = {}, texts = {}) {
  const folder = writeSuite([item], arrays, texts);
  return runCommand([folder, "--backend", "cpu"], [folder], alter);
}

describe("a layer of several inputs, outputs, masks and calls", () => {
  it("agrees, and has no plan", async () => {
    const { status, out } = await replay(two);
    expect(out).toMatch(/2 replays of 1 cases: 2 agree\n$/);
    expect(status).toBe(0);
  });

  it.each<[string, Alterations, RegExp]>([
    ["a mask lost", { mask: () => null }, /mask of output 0: expected shape \[1, 2\], got none/],
    ["a mask too many", { mask: (_, mask) => mask ?? arrays["ones.npy"] }, /mask of output 1: expected none/],
    ["another mask", { mask: (_, mask) => mask && arrays["ones.npy"] }, /mask of output 0: 1 of 2 elements differ/],
    [
      "another output",
      { output: (_, { shape, data }) => ({ shape, data: data.map((n) => n + 1) }) },
      /output 0: 2 of 2/,
    ],
  ])("%s differs", async (_, alter, message) => {
    const { status, out } = await replay(two, alter);
    expect(out).toMatch(message);
    expect(status).toBe(1);
  });

  it("a weight that changed without being told of differs", async () => {
    const folder = writeSuite([{ ...two, state: undefined }], arrays);
    const { status, out } = await runCommand([folder, "--backend", "cpu"], [writeSuite([two], arrays)]);
    expect(out).toContain("state: count changed in the call");
    expect(status).toBe(1);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a mask too few", { mask: [null] }, /mask has 1 items, inputs has 2/],
    ["an output's mask too few", { output_masks: [null] }, /output_masks has 1 items, outputs has 2/],
    ["an unknown dtype", { inputs: [{ ...file("a"), dtype: "int8" }] }, /inputs\[0\]\.dtype must be float32 or int32/],
    ["no call at all", { calls: 0 }, /calls must be a whole number of at least 1\. Received: 0/],
    ["shapes of fewer outputs", { output_shape: [null, 2] }, /output_shape has 1 items, outputs has 2/],
  ])("%s is a broken suite", async (_, change, message) => {
    const { status, err } = await runCommand(
      [writeSuite([{ ...two, ...change }], arrays)],
      [writeSuite([two], arrays)],
    );
    expect(err).toMatch(message);
    expect(status).toBe(2);
  });
});

describe("a step of gradient descent", () => {
  const stepped = { ...two, sgd_step: { learning_rate: 0.5, weights: ["v.npy", null] } };

  it("agrees", async () => {
    const { status, out } = await replay(stepped);
    expect(out).toMatch(/2 replays of 1 cases: 2 agree\n$/);
    expect(status).toBe(0);
  });

  it("differs where the weights are not what Keras's optimizer leaves", async () => {
    const unconstrained = ({ shape, data }: NdArray) => ({ shape, data: data.map((n) => n - 1) });
    const { status, out } = await replay(stepped, { stepped: (_, weight) => unconstrained(weight) });
    expect(out).toMatch(/cell\/scale after a step: 2 of 2 elements differ/);
    expect(out).toMatch(/1 agree, 1 differ\n$/); // eagerly there is no step
    expect(status).toBe(1);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["no derivatives", { gradients: undefined }, /sgd_step needs gradients/],
    ["no rate", { sgd_step: { weights: ["v.npy", null] } }, /learning_rate is missing/],
    ["a weight too few", { sgd_step: { learning_rate: 1, weights: ["v.npy"] } }, /sgd_step.weights has 1 items/],
    ["another shape", { sgd_step: { learning_rate: 1, weights: ["a.npy", null] } }, /sgd_step.weights\[0\] a.npy has/],
  ])("%s is a broken suite", async (_, change, message) => {
    const { status, err } = await runCommand(
      [writeSuite([{ ...stepped, ...change }], arrays)],
      [writeSuite([two], arrays)],
    );
    expect(err).toMatch(message);
    expect(status).toBe(2);
  });
});

describe("the plan of a layer", () => {
  const planned = (change: Record<string, unknown>) => {
    const plain = { mask: null, initial_state: null, calls: null, gradients: null };
    const [item] = loadSuites([writeSuite([{ ...two, ...plain, ...change }], arrays)])[0]?.cases ?? [];
    return item?.kind === "layer" && layerCaseHasMode(item, "plan");
  };
  it.each<[string, boolean, Record<string, unknown>]>([
    ["any layer", true, {}],
    ["one with a mask", false, { mask: [file("mask"), null] }],
    ["one with states", false, { initial_state: [file("ones")] }],
    ["repeated calls", false, { calls: 2 }],
    ["a stateful layer", false, { layer: layer("GRU", { stateful: true }) }],
    ["a dropout at inference", true, { layer: layer("Dropout"), training: false }],
    ["a dropout in training", false, { layer: layer("Dropout"), training: true }],
    ["one inside", false, { layer: layer("TimeDistributed", { layer: layer("SpatialDropout1D") }), training: true }],
    ["a recurrent layer that drops", false, { layer: layer("LSTM", { recurrent_dropout: 0.5 }), training: true }],
    ["a recurrent layer in training", true, { layer: layer("LSTM", { dropout: 0 }), training: true }],
  ])("%s: %s", (_, wanted, change) => expect(planned(change)).toBe(wanted));
});

describe("a model", () => {
  const document: JsonObject = { module: "keras", class_name: "Functional", config: { name: "net", trainable: true } };
  const model = {
    id: "models/net",
    kind: "model",
    origin: "by hand",
    json: "net.json",
    summary: "Model\nTotal\n",
    summaries: [{ arguments: { show_trainable: true }, text: "Model\nYes\n" }],
    weights: [{ path: "first/scale", trainable: true, ...file("w") }],
    inputs: [file("a"), file("b")],
    input_shape: [
      [null, 2],
      [null, 2],
    ],
    outputs: [file("sum")],
    output_shape: [null, 2],
    layers: [
      { name: "first", ...file("a") },
      { name: "second", ...file("sum") },
    ],
    gradients: { upstream: ["ones.npy"], inputs: ["a.npy", "b.npy"], weights: ["w.npy"] },
  };
  const texts = { "net.json": JSON.stringify(document) };

  it("agrees in every mode", async () => {
    const { status, out } = await replay(model, {}, texts);
    expect(out).toMatch(/3 replays of 1 cases: 3 agree\n$/);
    expect(status).toBe(0);
  });

  const reversed = (json: Json): Json =>
    Object.fromEntries(
      Object.entries(json ?? {})
        .reverse()
        .map(([key, value]) => [key, value as Json]),
    );
  const off = (_: string, name: string, found: { shape: readonly number[]; data: Float32Array | Float64Array }) =>
    name === "second" ? { ...found, data: found.data.map((n) => n * 1.01) } : found;
  it.each<[string, Alterations, RegExp]>([
    [
      "its JSON",
      { serialize: (_, json) => ({ ...json, class_name: "Model" }) },
      /toJSON: class_name: expected "Functional"/,
    ],
    [
      "the order of its keys",
      { serialize: (_, json) => reversed(json) },
      /toJSON: order of keys: expected module, class_name/,
    ],
    [
      "its summary",
      { summary: (_, text) => text.replace("Yes", "No") },
      /summary\("show_trainable":true\), line 2: expected "Yes", got "No"/,
    ],
    ["a layer", { inner: off }, /layer "second": 2 of 2 elements differ/],
  ])("differs by %s", async (_, alter, message) => {
    const { status, out } = await replay(model, alter, texts);
    expect(out).toMatch(message);
    expect(out).toContain("cpu eager");
    expect(status).toBe(1);
  });

  it("a planned layer is compared, too", async () => {
    const folder = writeSuite([model], arrays, texts);
    const { status, out } = await runCommand([folder, "--backend", "cpu", "--mode", "plan"], [folder], { inner: off });
    expect(out).toMatch(/cpu plan\n\s+layer "second": 2 of 2 elements differ/);
    expect(status).toBe(1);
  });

  it("a weight under another path than Keras's differs", async () => {
    const renamed = { ...model, weights: [{ path: "first/kernel", trainable: true, ...file("w") }] };
    const { status, out } = await runCommand(
      [writeSuite([renamed], arrays, texts), "--backend", "cpu"],
      [writeSuite([model], arrays, texts)],
    );
    expect(out).toContain("weights: expected first/kernel [2]; got first/scale [2]");
    expect(out).toContain("cpu eager, cpu gradient, cpu plan");
    expect(status).toBe(1);
  });

  it("addresses of shared objects are not compared", async () => {
    const shared = (id: number): JsonObject => ({ ...document, shared_object_id: id });
    const { status } = await replay(model, { serialize: () => shared(2) }, { "net.json": JSON.stringify(shared(1)) });
    expect(status).toBe(0);
  });

  it("of JSON alone needs no backend", async () => {
    const { id, kind, origin, json, summary } = model;
    const folder = writeSuite([{ id, kind, origin, json, summary }], {}, texts);
    const { status, out } = await runCommand([folder], [folder]);
    expect(out).toMatch(/\nmodel +1 +· +· +·/);
    expect(out).toMatch(/1 replays of 1 cases: 1 agree\n$/);
    expect(status).toBe(0);
  });

  it("that was saved is refused by name", async () => {
    const { status, out } = await replay({ id: "models/saved", kind: "model", origin: "", model: "net.keras" });
    expect(out).toContain('saved models are not replayed by this version. Received: model="net.keras"');
    expect(status).toBe(1);
  });

  it("whose file is no JSON is a broken suite", async () => {
    const { status, err } = await runCommand(
      [writeSuite([model], arrays, { "net.json": "{" })],
      [writeSuite([model], arrays, texts)],
    );
    expect(err).toMatch(/case "models\/net": json net\.json: malformed JSON/);
    expect(status).toBe(2);
  });
});
