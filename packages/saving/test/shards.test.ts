/** Weights in several files: written as Keras writes them (`write_keras_files.py`), and read again; what is refused. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadModel } from "../src/keras/load-model.ts";
import { loadWeights } from "../src/keras/load-weights.ts";
import { saveWeights } from "../src/keras/save-weights.ts";
import { trainingStateOf } from "../src/keras/training-state.ts";
import { treeOf } from "./hdf5-tree.ts";

const data = join(import.meta.dirname, "data/keras");
const folder = mkdtempSync(join(tmpdir(), "keras-ts-"));
const GIB = 2 ** 30;

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  { name: "sharded", source: "sequential", bytes: 400, files: 2 },
  { name: "spread", source: "compiled", bytes: 60, files: 7 },
])("$name: the map byte for byte, the files as trees", async ({ name, source, bytes, files }) => {
  const model = await loadModel(join(data, `${source}.keras`));
  await saveWeights(model, join(folder, `${name}.weights.json`), { maxShardSize: bytes / GIB });
  const written = readdirSync(folder).filter((file) => file.startsWith(name));
  expect(written).toHaveLength(files + 1);
  expect(written).toEqual(readdirSync(data).filter((file) => file.startsWith(name)));
  for (const file of written) {
    const [ours, theirs] = [folder, data].map((place) => readFileSync(join(place, file)));
    if (file.endsWith(".json")) expect(`${ours}`).toBe(`${theirs}`);
    else expect(treeOf(ours ?? new Uint8Array()), file).toEqual(treeOf(theirs ?? new Uint8Array()));
  }
  const state = trainingStateOf(model);
  const values = () => model.weights.map(({ value }) => [...value.dataSync()]);
  const before = values();
  for (const weight of model.weights) weight.assign(new Float32Array(weight.shape.reduce((a, b) => a * b, 1)));
  const warnings: string[] = [];
  await loadWeights(model, join(folder, `${name}.weights.json`), { onWarning: (text) => warnings.push(text) });
  expect(warnings).toEqual([]);
  expect(values()).toEqual(before);
  expect(trainingStateOf(model)).toEqual(state);
  model.dispose();
});

test("an array that no file may hold, no path, another ending, and sizes that are none are refused", async () => {
  const model = await loadModel(join(data, "sequential.keras"));
  const path = join(folder, "refused.weights.json");
  await expect(saveWeights(model, path, { maxShardSize: 100 / GIB })).rejects.toThrow(
    /The array 0 of 'layers\/conv1d' is larger than a file may be\. .* Received: 288 bytes, maxShardSize=9\.3/,
  );
  await expect(saveWeights(model, null, { maxShardSize: 1 })).rejects.toThrow("need a path");
  await expect(saveWeights(model, path, { maxShardSize: 0 })).rejects.toThrow("maxShardSize=0");
  await expect(saveWeights(model, path, { maxShardSize: 1, format: "npz" })).rejects.toThrow("format=npz");
  const other = join(folder, "refused.weights.h5");
  await expect(saveWeights(model, other, { maxShardSize: 1 })).rejects.toThrow("must end in `.weights.json`");
  await expect(saveWeights(model, path)).rejects.toThrow("must end in `.weights.h5`");
  expect(readdirSync(folder).filter((file) => file.startsWith("refused"))).toEqual([]);
  model.dispose();
});
