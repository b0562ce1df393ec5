/**
 * Configs with a value of every kind at every place: a whole model, or an error that names the file, and nothing left. KERAS_TS_FUZZ is
 * how many are tried of each file (150 unless set), evenly spread over all there are.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as keras from "@keras-ts/core";
import { memory } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { loadModel } from "../src/keras/load-model.ts";
import { parsePythonJson, toPythonJson } from "../src/keras/python-json.ts";
import { readZip } from "../src/zip/read-zip.ts";
import { writeZip } from "../src/zip/write-zip.ts";
import "./custom-layers.ts";
import { onQuietCpu } from "./on-quiet-cpu.ts";
import { outcomeOf } from "./outcomes.ts";

const COUNT = Number(process.env["KERAS_TS_FUZZ"] ?? 150);
const KINDS: readonly unknown[] = [null, true, -1, 1.5, "x", [], ["x"], {}, { class_name: "x", config: {} }];
const options = { filename: "damaged", onWarning: () => {} };

onQuietCpu();

type Path = readonly (string | number)[];

/** The paths of all values in a config, its own first. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  const items = value as Readonly<Record<string | number, unknown>>;
  return [path, ...keys.flatMap((key) => pathsIn(items[key], [...path, key]))];
}

/** A copy with another value at a path. */
function withValue(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? withValue(item, rest, replacement) : item));
  const record = value as Readonly<Record<string, unknown>>;
  return { ...record, [key]: withValue(record[key], rest, replacement) };
}

test.each(["composed", "sequential", "lora", "nested", "custom", "shared", "compiled"])(
  "%s",
  async (name) => {
    const bytes = new Uint8Array(readFileSync(join(import.meta.dirname, `data/keras/${name}.keras`)));
    const archive = readZip(bytes);
    const weights = archive.read("model.weights.h5") ?? new Uint8Array();
    const config = parsePythonJson(new TextDecoder().decode(archive.read("config.json")));
    const all = pathsIn(config).flatMap((path) => KINDS.map((kind) => ({ path, kind })));
    const step = Math.max(1, all.length / COUNT);
    const before = memory().numTensors;
    for (let i = 0; i < all.length; i += step) {
      const { path, kind } = all[Math.floor(i)] ?? { path: [], kind: null };
      const text = new TextEncoder().encode(toPythonJson(withValue(config, path, kind)));
      const strange = writeZip(
        new Map([
          ["config.json", text],
          ["model.weights.h5", weights],
        ]),
      );
      const what = `${name}, ${JSON.stringify(kind)} at ${path.join("/")}`;
      const outcome = await outcomeOf(what, name, () => loadModel(strange, options));
      if (outcome instanceof keras.Model) outcome.dispose();
      expect(memory().numTensors, what).toBe(before);
    }
  },
  1e7,
);
