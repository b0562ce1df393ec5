/** Models made to cost more than they are, or to lead elsewhere: depth, size, bombs, names that JavaScript knows, paths that escape. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { memory } from "@tensorflow/tfjs-core";
import { zipSync } from "fflate";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { loadModel } from "../src/keras/load-model.ts";
import { loadWeights } from "../src/keras/load-weights.ts";
import { readZip } from "../src/zip/read-zip.ts";
import { writeZip } from "../src/zip/write-zip.ts";

const bytes = new Uint8Array(readFileSync(join(import.meta.dirname, "data/keras/sequential.keras")));
const weights = readZip(bytes).read("model.weights.h5") ?? new Uint8Array();
const config = new TextDecoder().decode(readZip(bytes).read("config.json"));
const SLOWEST_MS = 5000; // on a machine that is busy with other things
const silent = { filename: "hostile", onWarning: () => {} };

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

const encoded = (text: string) => new TextEncoder().encode(text);
const archiveOf = (text: string) =>
  writeZip(
    new Map([
      ["config.json", encoded(text)],
      ["model.weights.h5", weights],
    ]),
  );
const changed = (from: string, to: string) => archiveOf(config.replace(from, to));
const deep = (open: string, close: string, depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
const inSequential = (layers: string, name: string) =>
  `{"module": "keras", "class_name": "Sequential", "config": {"name": "${name}", "layers": [${layers}]}, "registered_name": null}`;
const layer = (className: string, settings: string) =>
  `{"module": "keras.layers", "class_name": "${className}", "config": {${settings}}, "registered_name": null}`;

function modelsInModels(depth: number): string {
  let text = layer("Dense", '"units": 2');
  for (let i = 0; i < depth; i++) text = inSequential(text, `s${i}`);
  return text;
}

describe("a model is refused by name and place, soon, with nothing left:", () => {
  let before = { start: 0, tensors: 0 };
  beforeEach(() => {
    before = { start: performance.now(), tensors: memory().numTensors };
  });
  afterEach(() => {
    expect(performance.now() - before.start).toBeLessThan(SLOWEST_MS);
    expect(memory().numTensors).toBe(before.tensors);
  });

  const tooDeep = '"hostile", config.json: this is no JSON: objects and lists are nested more than 500 levels deep.';
  const zeros = (count: number) => new Uint8Array(count);
  it.each<[string, () => Uint8Array, RegExp | string]>([
    ["lists in lists", () => changed('"groups": 1', `"groups": ${deep("[", "]", 1e5)}`), tooDeep],
    ["objects in objects", () => changed('"groups": 1', `"groups": ${deep('{"a":', "}", 501)}`), tooDeep],
    [
      "as deep as may be",
      () => changed('"groups": 1', `"groups": ${deep('{"a":', "}", 490)}`),
      /^"hostile", config.json: /,
    ],
    ["models in models", () => archiveOf(modelsInModels(5000)), tooDeep],
    [
      "lists in how it was compiled",
      () => changed('"compile_config": {}', `"compile_config": {"a": ${deep("[", "]", 1e4)}}`),
      tooDeep,
    ],
    [
      "more weights than the file has",
      () =>
        archiveOf(
          inSequential(`${layer("InputLayer", '"batch_shape": [null, 2]')}, ${layer("Dense", '"units": 1e15')}`, "s"),
        ),
      /^"hostile", config.json: .*more weights than there are values for/s,
    ],
    [
      "a class that JavaScript has",
      () => changed('"class_name": "Conv1D"', '"class_name": "constructor"'),
      "keras.layers.constructor (keras-ts does not have it)",
    ],
    [
      "a key that JavaScript has",
      () => changed('"groups": 1', '"__proto__": {"groups": 1}'),
      "Unrecognized keyword arguments passed to Conv1D: {'__proto__'",
    ],
    [
      "a function that JavaScript has",
      () => changed('"activation": "relu"', '"activation": "constructor"'),
      "Could not interpret activation function identifier: constructor",
    ],
    [
      "a config of 100 MB that deflates to 100 kB",
      () => zipSync({ "config.json": zeros(1e8), "model.weights.h5": weights }),
      '"hostile", config.json, byte 0: 100000000 bytes of JSON are more than limits.jsonBytes allows. Received: jsonBytes=8388608.',
    ],
    [
      "weights of 40 MB that deflate to 40 kB",
      () => zipSync({ "config.json": encoded(config), "model.weights.h5": zeros(4e7) }),
      '"hostile/model.weights.h5", /, byte 0: this is no HDF5 file',
    ],
    [
      "a member beside the folder",
      () => zipSync({ "config.json": encoded(config), "model.weights.h5": weights, "assets/../../x": zeros(1) }),
      /^"hostile", byte \d+: a member's name is no plain path. Received: "assets\/..\/..\/x"/,
    ],
    [
      "a superblock of no version",
      () => {
        const other = weights.slice();
        other[8] = 9;
        return writeZip(
          new Map([
            ["config.json", encoded(config)],
            ["model.weights.h5", other],
          ]),
        );
      },
      /^"hostile\/model.weights.h5", .*byte 9: a superblock of an unknown version/,
    ],
  ])("%s", async (_what, make, message) => {
    const failure: unknown = await loadModel(make(), silent).catch((error: unknown) => error);
    expect(failure instanceof keras.ValueError || failure instanceof keras.UnsupportedError, String(failure)).toBe(
      true,
    );
    if (typeof message === "string") expect((failure as Error).message).toContain(message);
    else expect((failure as Error).message).toMatch(message);
  });
});

test("a hundred models in each other, and thousands of layers, are models", async () => {
  const many = Array.from({ length: 2000 }, (_, i) => layer("ReLU", `"name": "r${i}"`)).join(", ");
  for (const text of [modelsInModels(100), inSequential(many, "s")]) {
    const start = performance.now();
    const model = await loadModel(archiveOf(text), silent);
    expect(performance.now() - start).toBeLessThan(SLOWEST_MS);
    model.dispose();
  }
});

describe("a map of shards", () => {
  const folder = mkdtempSync(join(tmpdir(), "keras-ts-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const map = (name: unknown) => `{"weight_map": {"/a/vars": ${JSON.stringify(name)}}}`;

  it.each(["..", ".", "../x", "/x", "a\\x", "C:x", "a\nx", "", 3, [[]], ["x", null]])(
    "may not name %j",
    async (name) => {
      const model = await loadModel(bytes);
      const path = join(folder, "x.weights.json");
      writeFileSync(path, map(name));
      await expect(loadWeights(model, path)).rejects.toThrow(
        /"[^"]*x.weights.json", \/a\/vars: shards are names of files beside this one/,
      );
      model.dispose();
    },
  );
  it("asks for files beside it only, whatever a URL would mean", async () => {
    const model = await loadModel(bytes);
    for (const name of ["https:evil.example", "%2e%2e", "x?y", "x#y"]) {
      const asked: string[] = [];
      const fetch = async (url: string) => {
        asked.push(url);
        return new Response(map(name));
      };
      await expect(loadWeights(model, "http://a.example/b/x.weights.json", { fetch })).rejects.toThrow("no HDF5 file");
      expect(asked[1]).toBe(`http://a.example/b/${encodeURIComponent(name)}`);
    }
    model.dispose();
  });
});
