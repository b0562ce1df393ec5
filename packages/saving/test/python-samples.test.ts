/**
 * Samples recorded by a real Keras, put into a file that it goes on reading. Needs a Python with Keras, named by KERAS_TS_PYTHON or made by
 * `npm run fixtures`; elsewhere `verify.test.ts` reads a file that is committed.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { expect, it } from "vitest";
import { loadModel, readSamples } from "../src/index.ts";
import { python, unlessPython } from "./python.ts";

const fixtures = join(import.meta.dirname, "../../../tools/fixtures");

it.skipIf(!python)(
  `Python records samples into a file, Keras reads it, and so do we${unlessPython}`,
  { timeout: 180_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "keras-ts-samples-"));
    const run = (...args: string[]) =>
      spawnSync(python ?? "", args, {
        cwd: folder,
        encoding: "utf8",
        env: {
          ...process.env,
          PYTHONPATH: fixtures,
          KERAS_BACKEND: "jax",
          KERAS_HOME: folder,
          TF_CPP_MIN_LOG_LEVEL: "3",
        },
      });
    try {
      copyFileSync(join(import.meta.dirname, "data/keras/nested.keras"), join(folder, "net.keras"));
      const load =
        "import keras, numpy; m = keras.saving.load_model('net.keras'); print([float(numpy.sum(w)) for w in m.get_weights()])";
      const before = run("-c", load).stdout;
      const recorded = run("-m", "keras_ts_fixtures", "net.keras", "--samples", "2", "--embed");
      expect(recorded.stdout, recorded.stderr).toMatch(/net\.keras: \d+ bytes of samples are in it/);
      expect(before).toMatch(/^\[/);
      expect(run("-c", load).stdout).toBe(before);
      const other = run("-m", "keras_ts_fixtures", "net.keras", "--out", ".");
      expect([other.status, other.stderr]).toEqual([
        2,
        expect.stringContaining("--out would replace a folder that is no suite"),
      ]);

      expect(existsSync(join(folder, "net-samples/manifest.json"))).toBe(true);
      const samples = await readSamples(join(folder, "net.keras"));
      expect(samples?.inputs[0]?.shape[0]).toBe(2);
      expect(await readSamples(join(folder, "net-samples/samples.h5"))).toEqual({
        ...samples,
        file: expect.any(String),
      });
      keras.registerBackend(cpu());
      await keras.setBackend("cpu");
      (await loadModel(join(folder, "net.keras"), { verify: true })).dispose();
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
