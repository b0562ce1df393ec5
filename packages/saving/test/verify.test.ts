/** Verification with the samples of a real Keras: a model that agrees, models that were changed, files whose samples are damaged. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  loadModel,
  readHdf5,
  readSamples,
  readZip,
  type Samples,
  VerificationError,
  verifyModel,
  writeHdf5,
  writeZip,
} from "../src/index.ts";

const FILE = join(import.meta.dirname, "data/verify/two-inputs.keras");
const MEMBER = "keras_ts/samples.h5";
const bytes = new Uint8Array(readFileSync(FILE));
const archive = readZip(bytes, { name: FILE });
const members = new Map(archive.names().map((name) => [name, archive.read(name) ?? new Uint8Array()]));

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

async function samplesOf(source: string | Uint8Array): Promise<Samples> {
  const samples = await readSamples(source);
  if (!samples) throw new Error("the file has no samples");
  return samples;
}

/** The file with one weight's values moved, which no checksum tells. */
function withChangedWeight(path: string): Uint8Array {
  const weights = Uint8Array.from(members.get("model.weights.h5") ?? []);
  const dataset = readHdf5(weights, { name: "weights" }).get(path);
  if (dataset?.kind !== "dataset") throw new Error(`no ${path}`);
  const values = dataset.read();
  if (!(values instanceof Float32Array) || values.buffer !== weights.buffer) throw new Error("not a view");
  values[0] = (values[0] ?? 0) + 0.01;
  return writeZip(new Map([...members, ["model.weights.h5", weights]]));
}

describe("a model that agrees", () => {
  it("is returned, and leaves no tensor but its weights behind", async () => {
    const before = memory().numTensors;
    const model = await loadModel(FILE, { verify: true });
    expect(memory().numTensors - before).toBe(model.weights.length);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it("is compared layer by layer, with room for rounding and not much more", async () => {
    const model = await loadModel(bytes);
    const { agrees, comparisons, difference, firstLayer } = await verifyModel(model, await samplesOf(bytes));
    expect({ agrees, difference, firstLayer }).toEqual({ agrees: true, difference: null, firstLayer: null });
    expect(comparisons.map(({ what }) => what)).toEqual([
      ...["conv", "norm", "words_to_numbers", "peak", "row", "joined", "amount", "choice"].map((n) => `layer "${n}"`),
      "output 0",
      "output 1",
    ]);
    for (const { ratio, maxError } of comparisons) {
      expect(ratio).toBeLessThan(0.5);
      expect(maxError).toBeLessThan(1e-6);
    }
    model.dispose();
  });
});

describe("a model that differs", () => {
  it.each([
    ["layers/conv1d/vars/1", "conv", 0],
    ["layers/layer_normalization/vars/0", "norm", 1],
    ["layers/dense_1/vars/0", "choice", 7],
  ])("%s moved: the first layer is named, and nothing stays", async (path, layer, before) => {
    const known = memory().numTensors;
    const error = await loadModel(withChangedWeight(path), { verify: true, filename: "my.keras" }).catch((e) => e);
    expect(error).toBeInstanceOf(VerificationError);
    expect(error.verification.firstLayer).toBe(layer);
    expect(error.verification.comparisons).toHaveLength(before + 1);
    expect(error.message).toMatch(
      new RegExp(
        `^"my.keras": this model differs from what Keras 3.15.1 recorded at layer "${layer}": \\d+ of \\d+ elements differ, worst at \\[[\\d, ]+\\]: expected .*, got .* \\(off by .*, allowed .*\\)`,
      ),
    );
    expect(memory().numTensors).toBe(known);
  });

  it("has no such layer, or another shape", async () => {
    const model = await loadModel(bytes);
    const samples = await samplesOf(bytes);
    const [first] = samples.layers;
    if (!first) throw new Error("no layers");
    const missing = await verifyModel(model, { ...samples, layers: [{ ...first, name: "other" }] });
    expect(missing.difference).toContain('layer "other": the model has none that is called once');
    const shape = await verifyModel(model, { ...samples, layers: [{ ...first, shape: [2, 6, 5] }] });
    expect(shape.difference).toContain('layer "conv": expected shape [2, 6, 5], got [2, 6, 4].');
    await expect(verifyModel(model, { ...samples, inputs: [] })).rejects.toThrow(
      /samples are of another model.*inputs=0/,
    );
    model.dispose();
  });

  it("agrees in every layer and differs as a whole", async () => {
    const model = await loadModel(bytes);
    const samples = await samplesOf(bytes);
    const outputs = samples.outputs.map((output) => ({ ...output, data: output.data.map((value) => value + 1) }));
    const { difference, firstLayer } = await verifyModel(model, { ...samples, outputs });
    expect(firstLayer).toBeNull();
    expect(difference).toContain("Every layer by itself agrees (8 compared)");
    model.dispose();
  });
});

describe("samples", () => {
  it("that are not there are asked for; nothing stays", async () => {
    const without = writeZip(new Map([...members].filter(([name]) => name !== MEMBER)));
    expect(await readSamples(without)).toBeNull();
    const before = memory().numTensors;
    await expect(loadModel(without, { verify: true, filename: "a.keras" })).rejects.toThrow(
      /"a.keras" has no samples.*python -m keras_ts_fixtures/,
    );
    expect(memory().numTensors).toBe(before);
    await expect(loadModel(new TextEncoder().encode("{}"), { verify: true, filename: "a.json" })).rejects.toThrow(
      /only a .keras file can have samples/,
    );
  });

  it("may lie in a file of their own", async () => {
    const { layers } = await samplesOf(members.get(MEMBER) ?? new Uint8Array());
    expect(layers).toHaveLength(8);
  });

  it.each([
    ["of another format", { format: "other" }, /no samples of keras-ts.*format=other/],
    ["of a later version", { version: 2 }, /version 1 are read.*version=2/],
    ["without a tolerance", { relative: Number.NaN }, /relative must be a number of at least 0/],
    ["without groups", {}, /\/inputs: a group is missing/],
  ])("%s are refused with their place", async (_, changed, message) => {
    const attributes = { format: "keras-ts-samples", version: 1, keras: "3.15.1", relative: 4.8e-7, ...changed };
    const damaged = writeHdf5({
      children: new Map(),
      attributes: new Map(
        Object.entries(attributes).map(([name, value]) => [
          name,
          typeof value === "string"
            ? value
            : { dtype: "float64" as const, shape: [], data: Float64Array.of(Number(value)) },
        ]),
      ),
    });
    await expect(readSamples(damaged, { filename: "samples.h5" })).rejects.toThrow(message);
  });

  it("do not hinder a model that is loaded without looking at them", async () => {
    const model = await loadModel(writeZip(new Map([...members, [MEMBER, Uint8Array.of(1)]])));
    model.dispose();
  });
});
