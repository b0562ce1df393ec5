/**
 * Damaged files of models give an equal model or an error that names the file, in bounded time, and nothing half-loaded. The seed and the
 * number of files are printed; KERAS_TS_FUZZ gives another number.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { readHdf5 } from "../src/hdf5/read-hdf5.ts";
import { loadModel } from "../src/keras/load-model.ts";
import { loadWeights } from "../src/keras/load-weights.ts";
import { parsePythonJson, toPythonJson } from "../src/keras/python-json.ts";
import { readZip } from "../src/zip/read-zip.ts";
import "./custom-layers.ts";

const COUNT = Number(process.env["KERAS_TS_FUZZ"] ?? 300);
const SEED = 20261121;
const SLOWEST = 5000; // milliseconds for one file, on a busy machine

const file = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, "data/keras", name)));
const options = { filename: "damaged", onWarning: () => {} };

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

/** Numbers under 1, the same for a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Random = () => number;

/** Bytes changed, or cut off. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const mutated = bytes.slice(0, random() < 0.1 ? Math.floor(random() * bytes.length) : bytes.length);
  for (let i = 0; i < 1 + random() * 6; i++)
    mutated[Math.floor(random() * mutated.length)] = Math.floor(random() * 256);
  return mutated;
}

const STRANGE: readonly unknown[] = [
  null,
  -1,
  0,
  1.5,
  3e9,
  1e300,
  "",
  "x",
  true,
  [],
  [[]],
  [1e9],
  {},
  { class_name: "x", config: {} },
];

/** One value of a config exchanged for a strange one, or taken away, or two swapped. */
function strangeConfig(config: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(config);
  const places: { readonly owner: Record<string, unknown>; readonly key: string }[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      places.push({ owner: value as Record<string, unknown>, key });
      visit(item);
    }
  };
  visit(copy);
  for (let i = 0; i < 1 + random() * 3; i++) {
    const place = places[Math.floor(random() * places.length)];
    const other = places[Math.floor(random() * places.length)];
    if (!place || !other) continue;
    const choice = random();
    if (choice < 0.2) delete place.owner[place.key];
    else if (choice < 0.3) place.owner[place.key] = structuredClone(other.owner[other.key]);
    else place.owner[place.key] = STRANGE[Math.floor(random() * STRANGE.length)];
  }
  return copy;
}

async function outcomeOf(load: () => Promise<unknown>): Promise<unknown> {
  const start = performance.now();
  const outcome = await load().catch((error: unknown) => error);
  expect(performance.now() - start).toBeLessThan(SLOWEST);
  return outcome;
}

function expectError(outcome: unknown, what: string): void {
  const text = outcome instanceof Error ? `${outcome.name}: ${outcome.message}` : String(outcome);
  expect(outcome instanceof keras.ValueError || outcome instanceof keras.UnsupportedError, `${what} ${text}`).toBe(
    true,
  );
  expect(text).toMatch(/"damaged|"\(bytes\)/); // the config's name, or that of the weights beside it
}

describe(`${COUNT} damaged files of each kind, seed ${SEED}`, () => {
  it.each(["sequential.keras", "nested.keras", "deflated.keras", "keras2-functional.h5", "legacy-composed.h5"])(
    "%s",
    async (name) => {
      const random = seeded(SEED);
      const [bytes, before] = [file(name), memory().numTensors];
      for (let i = 0; i < COUNT; i++) {
        const outcome = await outcomeOf(() => loadModel(damaged(bytes, random), options));
        if (outcome instanceof keras.Model) outcome.dispose();
        else expectError(outcome, `file ${i}`);
        expect(memory().numTensors, `file ${i}`).toBe(before);
      }
    },
  );

  it("weights, which are loaded as a whole or not at all", async () => {
    const random = seeded(SEED);
    const bytes = file("sequential.weights.h5");
    const model = await loadModel(file("sequential.keras"));
    const valuesNow = () => JSON.stringify(model.weights.map(({ value }) => [...value.dataSync()]));
    for (let i = 0; i < COUNT; i++) {
      const before = valuesNow();
      const outcome = await outcomeOf(() => loadWeights(model, damaged(bytes, random), options));
      if (!(outcome instanceof Error)) continue;
      expectError(outcome, `file ${i}`);
      expect(valuesNow()).toBe(before);
    }
    model.dispose();
  });

  it.each(["composed", "sequential", "nested", "custom"])("the config of %s", async (name) => {
    const random = seeded(SEED);
    const [archive, before] = [file(`${name}.keras`), memory().numTensors];
    const config = parsePythonJson(new TextDecoder().decode(readZip(archive).read("config.json")));
    for (let i = 0; i < COUNT; i++) {
      const strange = new TextEncoder().encode(toPythonJson(strangeConfig(config, random)));
      const outcome = await outcomeOf(() => loadModel(strange, { ...options, weights: archive }));
      if (outcome instanceof keras.Model) outcome.dispose();
      else expectError(outcome, `config ${i}`);
      expect(memory().numTensors, `config ${i}`).toBe(before);
    }
  });

  it.each(["keras2-convolutions", "keras2-nested", "keras2-several"])("the config of %s.h5", async (name) => {
    const random = seeded(SEED);
    const bytes = new Uint8Array(readFileSync(join(import.meta.dirname, "data/legacy", `${name}.h5`)));
    const before = memory().numTensors;
    const config = parsePythonJson(readHdf5(bytes).attributes.get("model_config")?.readString() ?? "");
    for (let i = 0; i < COUNT; i++) {
      const strange = new TextEncoder().encode(toPythonJson(strangeConfig(config, random)));
      const outcome = await outcomeOf(() => loadModel(strange, { ...options, weights: bytes }));
      if (outcome instanceof keras.Model) outcome.dispose();
      else expectError(outcome, `config ${i}`);
      expect(memory().numTensors, `config ${i}`).toBe(before);
    }
  });
});
