/**
 * Python → TypeScript → Python: what real Keras makes of the files that we write. Needs a Python with Keras, named by KERAS_TS_PYTHON or
 * made by `npm run fixtures`; elsewhere `keras-files.test.ts` compares the same files with those that are committed.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { loadModel } from "../src/keras/load-model.ts";
import { saveModel } from "../src/keras/save-model.ts";
import { saveWeights } from "../src/keras/save-weights.ts";
import "./custom-layers.ts";
import { python, unlessPython } from "./python.ts";

const NAMES = ["composed", "sequential", "lora", "nested", "custom", "shared", "compiled"];

/** A model that no file was read for, with a layer in two places, and what it computes. */
async function writeMade(folder: string): Promise<void> {
  const input = keras.Input({ shape: [8, 3] });
  const shared = new keras.Dense({ units: 3, activation: "tanh" }); // never all 0, whatever weights are drawn
  let x = new keras.SeparableConv1D({
    filters: 3,
    kernelSize: 3,
    padding: "same",
    activation: new keras.PReLU(),
  }).apply(input);
  x = new keras.TimeDistributed({ layer: shared }).apply(keras.ops.add(shared.apply(x), 0.5) as keras.KerasTensor);
  x = new keras.BatchNormalization().apply(x);
  x = new keras.Bidirectional({ layer: new keras.GRU({ units: 2, returnSequences: true }) }).apply(x);
  x = new keras.GlobalAveragePooling1D().apply(x);
  const model = new keras.Model({ inputs: input, outputs: x, name: "made" });
  const value = keras.random.uniform([2, 8, 3], { seed: 3 }) as Tensor;
  const output = model.apply(value);
  const json = (tensor: Tensor) => ({ shape: tensor.shape, values: [...tensor.dataSync()] });
  writeFileSync(join(folder, "made.json"), JSON.stringify({ input: json(value), output: json(output) }));
  await saveModel(model, join(folder, "made.keras"));
}

describe.skipIf(python === null)(`files that Keras reads again${unlessPython}`, () => {
  it("have the same config, weights and optimizer, and compute the same", async () => {
    keras.registerBackend(cpu());
    await keras.setBackend("cpu");
    const folder = mkdtempSync(join(tmpdir(), "keras-ts-"));
    try {
      for (const name of NAMES) {
        const model = await loadModel(join(import.meta.dirname, `data/keras/${name}.keras`));
        await saveModel(model, join(folder, `${name}.keras`), { dateSaved: new Date() });
        await saveWeights(model, join(folder, `${name}.weights.h5`));
        await saveWeights(model, join(folder, `${name}.weights.json`), { maxShardSize: 400 / 2 ** 30 });
        model.dispose();
      }
      await writeMade(folder);
      const script = join(import.meta.dirname, "check_round_trip.py");
      const environment = { ...process.env, KERAS_BACKEND: "jax", KERAS_HOME: folder, TF_CPP_MIN_LOG_LEVEL: "3" };
      const run = spawnSync(python ?? "", [script, folder, ...NAMES], { env: environment, encoding: "utf8" });
      expect(run.stdout + (run.status === 0 ? "" : run.stderr.slice(-2000))).toBe("");
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 300_000);
});
