/**
 * Damaged files of models give a whole model or an error that names the file, in bounded time, and nothing half-loaded. KERAS_TS_FUZZ is
 * how many are tried of each kind (150 unless set), KERAS_TS_SEED what decides them; both are in what a failure prints.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as keras from "@keras-ts/core";
import { memory } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { readHdf5 } from "../src/hdf5/read-hdf5.ts";
import { loadModel } from "../src/keras/load-model.ts";
import { loadWeights } from "../src/keras/load-weights.ts";
import { parsePythonJson, toPythonJson } from "../src/keras/python-json.ts";
import { readZip } from "../src/zip/read-zip.ts";
import { writeZip } from "../src/zip/write-zip.ts";
import "./custom-layers.ts";
import { mutate, randomNumbers } from "./mutate.ts";
import { onQuietCpu } from "./on-quiet-cpu.ts";
import { outcomeOf } from "./outcomes.ts";

const COUNT = Number(process.env["KERAS_TS_FUZZ"] ?? 150);
const SEED = Number(process.env["KERAS_TS_SEED"] ?? 20261121);

const file = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, "data", name)));
const options = { filename: "damaged", onWarning: () => {} };

onQuietCpu(`${COUNT} damaged files of each kind, seed ${SEED}\n`);

type Random = () => number;

/** Half of the archives are damaged as they are, which checksums tell; of the others a member is, which is put in again. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes[0] !== 0x50 || random() < 0.5) return mutate(bytes, random);
  const archive = readZip(bytes);
  const members = archive.names().map((name): [string, Uint8Array] => [name, archive.read(name) ?? new Uint8Array()]);
  const chosen = members[Math.floor(random() * members.length)];
  if (chosen) chosen[1] = mutate(chosen[1], random);
  return writeZip(new Map(members));
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

/** Loads what `make` makes, over and over, and expects that nothing stays. */
async function tryAll(kind: string, make: (random: Random) => Uint8Array, weights?: Uint8Array): Promise<void> {
  const before = memory().numTensors;
  for (let i = 0; i < COUNT; i++) {
    const bytes = make(randomNumbers(SEED + i));
    const what = `seed ${SEED}, ${kind} ${i}`;
    const outcome = await outcomeOf(what, kind, () => loadModel(bytes, weights ? { ...options, weights } : options));
    if (outcome instanceof keras.Model) outcome.dispose();
    expect(memory().numTensors, what).toBe(before);
  }
}

describe(`${COUNT} damaged files of each kind, seed ${SEED}`, () => {
  it.each([
    "keras/sequential.keras",
    "keras/nested.keras",
    "keras/compiled.keras",
    "keras/deflated.keras",
    "legacy/keras3-composed.h5",
    "legacy/keras2-nested.h5",
  ])(
    "%s",
    async (name) => {
      const bytes = file(name);
      await tryAll(name, (random) => damaged(bytes, random));
    },
    1e7,
  );

  it("weights, which are loaded as a whole or not at all", async () => {
    const bytes = file("keras/sequential.weights.h5");
    const model = await loadModel(file("keras/sequential.keras"));
    const valuesNow = () => JSON.stringify(model.weights.map(({ value }) => [...value.dataSync()]));
    for (let i = 0; i < COUNT; i++) {
      const before = valuesNow();
      const broken = mutate(bytes, randomNumbers(SEED + i));
      const what = `seed ${SEED}, .weights.h5 ${i}`;
      const outcome = await outcomeOf(what, ".weights.h5", () => loadWeights(model, broken, options));
      if (outcome instanceof Error) expect(valuesNow(), what).toBe(before);
    }
    model.dispose();
  }, 1e7);

  it.each(["composed", "sequential", "nested", "custom"])(
    "the config of %s",
    async (name) => {
      const archive = file(`keras/${name}.keras`);
      const config = parsePythonJson(new TextDecoder().decode(readZip(archive).read("config.json")));
      const text = new TextEncoder();
      await tryAll("config", (random) => text.encode(toPythonJson(strangeConfig(config, random))), archive);
    },
    1e7,
  );

  it.each(["keras2-convolutions", "keras2-nested", "keras2-several"])(
    "the config of %s.h5",
    async (name) => {
      const bytes = file(`legacy/${name}.h5`);
      const config = parsePythonJson(readHdf5(bytes).attributes.get("model_config")?.readString() ?? "");
      const text = new TextEncoder();
      await tryAll("Keras 2 config", (random) => text.encode(toPythonJson(strangeConfig(config, random))), bytes);
    },
    1e7,
  );
});
