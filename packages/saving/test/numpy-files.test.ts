/** Weights in numpy's files, which numpy wrote (`write_numpy_files.py`), and what is written for it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { loadModel, loadWeights, readZip, saveWeights, writeZip } from "../src/index.ts";
import { matchPaths } from "../src/numpy/match-paths.ts";
import { NumpyWeights } from "../src/numpy/numpy-weights.ts";
import { type Expected, expectOutputs } from "./expect-outputs.ts";
import { mutate, randomNumbers } from "./mutate.ts";
import { python, unlessPython } from "./python.ts";

const file = (name: string) => join(import.meta.dirname, "data/numpy", name);
const bytesOf = (name: string) => new Uint8Array(readFileSync(file(name)));
const expected = JSON.parse(readFileSync(file("expected.json"), "utf8")) as Expected;

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

const SEED = 20261122;
const opened = (bytes: Uint8Array) => NumpyWeights.ofArchive({ bytes, name: "w.npz", owned: false });

/** The archive with one member changed. */
function changed(member: string, change: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const archive = readZip(bytesOf("paths.npz"));
  return writeZip(
    new Map(
      archive.names().map((name) => {
        const bytes = archive.read(name) ?? new Uint8Array();
        return [name, name === member ? change(bytes.slice()) : bytes];
      }),
    ),
  );
}

describe("a model in JSON with weights", () => {
  it.each(["paths.npz", "paths-compressed.npz", "list.npz", "fortran.npz"])(
    "of %s computes what Keras computes",
    async (name) => {
      const before = memory().numTensors;
      const model = await loadModel(file("net.json"), { weights: file(name) });
      // The big-endian file has float64 of float32, which are exact.
      expectOutputs(model, expected);
      model.dispose();
      expect(memory().numTensors).toBe(before);
    },
  );
  it("in Buffers of Node, which stay as they are, computes what Keras computes", async () => {
    const weights = Buffer.from(bytesOf("fortran.npz"));
    const model = await loadModel(readFileSync(file("net.json")), { weights });
    expectOutputs(model, expected);
    expect(weights.equals(bytesOf("fortran.npz"))).toBe(true);
    model.dispose();
  });
  it("is not a file of weights alone", async () => {
    for (const name of ["paths.npz", "kernel.npy"])
      await expect(loadModel(file(name))).rejects.toThrow("this file has weights only");
  });
});

describe("arrays", () => {
  it("of every type and order have their values", () => {
    const { arrays } = opened(bytesOf("arrays.npz"));
    expect(arrays.size).toBe(14);
    for (const [name, array] of arrays) {
      expect(array.shape, name).toEqual([2, 3]);
      expect([...array.read().values], name).toEqual([0, 1, 2, 3, 4, 5]);
    }
    expect(arrays.get("bfloat16")?.dtype).toBe("bfloat16");
  });
  it("are one in a .npy file", async () => {
    const model = new keras.Sequential({
      layers: [keras.Input({ shape: [2] }), new keras.Dense({ name: "d", units: 3, useBias: false })],
    });
    await loadWeights(model, file("kernel.npy"));
    expect([...(model.weights[0]?.value.dataSync() ?? [])]).toEqual([0, 1, 2, 3, 4, 5]);
    model.dispose();
  });
  it("of pickled objects are refused", () => {
    expect(() => opened(bytesOf("pickled.npz"))).toThrow(/"w.npz", conv\/kernel.*pickled Python objects are not read/);
  });
  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    [
      "too short",
      (bytes) => bytes.subarray(0, -4),
      /conv\/bias, byte 128: shape \[3\] of float32 takes 12 bytes. Received: 8/,
    ],
    ["too long", (bytes) => new Uint8Array([...bytes, 0]), /takes 12 bytes. Received: 13/],
    ["cut in the header", (bytes) => bytes.subarray(0, 60), /ends in its header/],
    ["no array", (bytes) => bytes.fill(0, 0, 1), /expected a .npy file/],
    ["of version 9", (bytes) => bytes.fill(9, 6, 7), /version 9 of .npy/],
  ])("that are %s are refused by their place", (_, change, message) => {
    expect(() => opened(changed("conv/bias.npy", change))).toThrow(message);
  });
});

it("damaged archives are loaded as a whole, or refused by name with nothing changed", async () => {
  const model = await loadModel(file("net.json"), { weights: file("paths.npz") });
  const random = randomNumbers(SEED);
  const before = memory().numTensors;
  const valuesNow = () => JSON.stringify(model.weights.map(({ value }) => [...value.dataSync()]));
  const options = { filename: "damaged", onWarning: () => {} };
  for (const name of ["list.npz", "fortran.npz"])
    for (let i = 0; i < 300; i++) {
      const [bytes, values] = [mutate(bytesOf(name), random), valuesNow()];
      const outcome = await loadWeights(model, bytes, options).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) continue;
      const isOurs = outcome instanceof keras.ValueError || outcome instanceof keras.UnsupportedError;
      expect(isOurs, `seed ${SEED}, file ${i}: ${outcome}`).toBe(true);
      expect(outcome.message).toContain('"damaged');
      expect(valuesNow()).toBe(values);
    }
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

describe("weights", () => {
  it("are refused by name where names or shapes do not fit", async () => {
    const model = await loadModel(file("net.json"), { weights: file("paths.npz") });
    const before = memory().numTensors;
    await expect(loadWeights(model, file("kernel.npy"))).rejects.toThrow("the model has 14 weights (conv/kernel, ");
    await expect(loadWeights(model, file("arrays.npz"))).rejects.toThrow(
      /named by the paths of weights .* Received: f2, f4/,
    );
    const other = writeZip(
      new Map(
        ["conv/kernel", "conv/bias", "left"].map((name) => [
          `${name}.npy`,
          readZip(bytesOf("paths.npz")).read("conv/bias.npy") ?? new Uint8Array(),
        ]),
      ),
    );
    const failure = await loadWeights(model, other).catch((error: unknown) => error);
    expect((failure as Error).message).toContain("13 weights could not be loaded.");
    expect((failure as Error).message).toContain("- norm/gamma: the file has no such array");
    expect((failure as Error).message).toContain("weight conv/kernel has shape [2, 2, 3]. Received: shape=[3]");
    const warnings: string[] = [];
    const report = await loadWeights(model, other, { skipMismatch: true, onWarning: (text) => warnings.push(text) });
    expect(report).toMatchObject({ loaded: ["conv/bias"], leftOver: ["left"] });
    expect(warnings).toHaveLength(2);
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });
  it("are written by their paths, the same bytes for the same weights, and read again", async () => {
    const model = await loadModel(file("net.json"), { weights: file("list.npz") });
    const bytes = await saveWeights(model, null, { format: "npz" });
    expect(Buffer.compare(bytes, await saveWeights(model, null, { format: "npz" }))).toBe(0);
    // What Keras 3.15.1 calls them in a model that was loaded.
    expect([...opened(bytes).arrays.keys()].slice(4, 9)).toEqual([
      ...["norm/moving_mean", "norm/moving_variance"],
      ...["kernel", "recurrent_kernel", "bias"].map((name) => `forward_lstm/lstm_cell/${name}`),
    ]);
    for (const weight of model.weights) weight.assign(new Float32Array(weight.shape.reduce((a, b) => a * b, 1)));
    await loadWeights(model, bytes);
    expectOutputs(model, expected);
    await expect(saveWeights(model, null, { format: "npz", includeOptimizer: true })).rejects.toThrow(
      "weights of the model only",
    );
    await expect(saveWeights(model, "w.npz", { format: "weights.h5" })).rejects.toThrow("must end in `.weights.h5`");
    model.dispose();
  });
  it("have paths that may begin further inside, where only one can be meant", () => {
    const match = (paths: string[], names: string[]) => Object.fromEntries(matchPaths(paths, names));
    expect(match(["a/k", "b/k"], ["b/k", "net/a/k"])).toEqual({ "a/k": "net/a/k", "b/k": "b/k" });
    expect(match(["net/a/k"], ["a/k"])).toEqual({ "net/a/k": "a/k" });
    expect(match(["a/k"], ["x/a/k", "y/a/k"])).toEqual({});
    expect(match(["x/a/k", "y/a/k"], ["a/k"])).toEqual({});
    expect(match(["a/k"], ["aa/k"])).toEqual({});
  });
  it.skipIf(python === null)(`are read by numpy${unlessPython}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "keras-ts-"));
    try {
      const model = await loadModel(file("net.json"), { weights: file("list.npz") });
      const ours = join(folder, "ours.npz");
      await saveWeights(model, ours);
      model.dispose();
      const script = join(import.meta.dirname, "check_numpy.py");
      const run = spawnSync(python ?? "", [script, ours, file("paths.npz")], { encoding: "utf8" });
      expect(run.stdout + run.stderr).toBe("as expected\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
