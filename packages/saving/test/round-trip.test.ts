/**
 * Python → TypeScript → Python: what real Keras makes of the files that we write. Needs a Python with Keras, named by KERAS_TS_PYTHON or
 * made by `npm run fixtures`; elsewhere `keras-files.test.ts` compares the same files with those that are committed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { describe, expect, it } from "vitest";
import { loadModel } from "../src/keras/load-model.ts";
import { saveModel } from "../src/keras/save-model.ts";
import { saveWeights } from "../src/keras/save-weights.ts";
import "./custom-layers.ts";

const NAMES = ["composed", "sequential", "lora", "nested", "custom", "shared"];
const venv = join(import.meta.dirname, "../../../tools/fixtures/.venv/bin/python");
const python = process.env["KERAS_TS_PYTHON"] ?? (existsSync(venv) ? venv : null);
const why = python ? "" : " (skipped: no Python with Keras; set KERAS_TS_PYTHON, or run npm run fixtures once)";

describe.skipIf(python === null)(`files that Keras reads again${why}`, () => {
  it("have the same config, weights and optimizer, and compute the same", async () => {
    keras.registerBackend(cpu());
    await keras.setBackend("cpu");
    const folder = mkdtempSync(join(tmpdir(), "keras-ts-"));
    try {
      for (const name of NAMES) {
        const model = await loadModel(join(import.meta.dirname, `data/keras/${name}.keras`));
        await saveModel(model, join(folder, `${name}.keras`), { dateSaved: new Date() });
        await saveWeights(model, join(folder, `${name}.weights.h5`));
        model.dispose();
      }
      const script = join(import.meta.dirname, "check_round_trip.py");
      const environment = { ...process.env, KERAS_BACKEND: "jax", TF_CPP_MIN_LOG_LEVEL: "3" };
      const run = spawnSync(python ?? "", [script, folder, ...NAMES], { env: environment, encoding: "utf8" });
      expect(run.stdout + (run.status === 0 ? "" : run.stderr.slice(-2000))).toBe("");
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 300_000);
});
