/** Where files come from and go to: paths, URLs, Blobs, bytes; progress, stopping, refusals. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { memory } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileError } from "../src/file-error.ts";
import { loadModel } from "../src/keras/load-model.ts";
import { loadWeights } from "../src/keras/load-weights.ts";
import { saveModel } from "../src/keras/save-model.ts";
import { saveWeights } from "../src/keras/save-weights.ts";
import type { FileSource, LoadProgress } from "../src/keras/source.ts";
import { readZip } from "../src/zip/read-zip.ts";
import { writeZip } from "../src/zip/write-zip.ts";

const data = join(import.meta.dirname, "data/keras");
const path = join(data, "sequential.keras");
const bytes = new Uint8Array(readFileSync(path));
const folder = mkdtempSync(join(tmpdir(), "keras-ts-"));

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A server for one file, in pieces of 1000 bytes. */
function server(status = 200, headers: Readonly<Record<string, string>> = {}) {
  return async (_url: string, { signal }: { readonly signal: AbortSignal | null }): Promise<Response> => {
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (signal?.aborted) controller.error(signal.reason);
        else if (at >= bytes.length) controller.close();
        else controller.enqueue(bytes.slice(at, at + 1000));
        at += 1000;
      },
    });
    return new Response(body, { status, headers });
  };
}

/** One that sends a part. */
async function brokenServer(): Promise<Response> {
  const parts = [bytes.slice(0, 1000)];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = parts.pop();
      if (part) controller.enqueue(part);
      else controller.error(new TypeError("terminated", { cause: new Error("other side closed") }));
    },
  });
  return new Response(body);
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const failure = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (failure instanceof Error) return failure;
  throw new TypeError("nothing was refused");
}

describe("a model is read from", () => {
  const sources: readonly (readonly [string, FileSource])[] = [
    ["a path", path],
    ["a file URL", pathToFileURL(path)],
    ["the text of a file URL", pathToFileURL(path).href],
    ["bytes", bytes],
    ["a part of a buffer", new Uint8Array([0, 0, 0, ...bytes]).subarray(3)],
    ["a Buffer of Node", Buffer.from([0, 0, 0, ...bytes]).subarray(3)],
    ["an ArrayBuffer", bytes.slice().buffer],
    ["a Blob", new Blob([bytes])],
    ["a File", new File([bytes], "net.keras")],
  ];
  it.each(sources)("%s", async (_, source) => {
    const progress: LoadProgress[] = [];
    const model = await loadModel(source, { onProgress: (now) => progress.push(now) });
    expect(model.countParams()).toBe(110);
    expect(progress.at(-1)).toEqual({ loaded: bytes.length, total: bytes.length });
    model.dispose();
  });

  it.each([
    ["with a length", { "content-length": String(bytes.length) }, bytes.length],
    ["without", {}, null],
    ["of another length, compressed", { "content-length": "700", "content-encoding": "gzip" }, null],
    ["with a wrong length", { "content-length": "700" }, 700],
  ])("a server, %s", async (_, headers, total) => {
    const progress: LoadProgress[] = [];
    const options = { fetch: server(200, headers), onProgress: (now: LoadProgress) => progress.push(now) };
    const model = await loadModel("https://models.example/net.keras", options);
    expect(progress[0]).toEqual({ loaded: 1000, total });
    expect(progress.at(-1)).toEqual({ loaded: bytes.length, total: bytes.length });
    model.dispose();
  });

  it("bytes of the caller's, which are not changed and may change", async () => {
    const own = bytes.slice();
    const model = await loadModel(own);
    expect(own).toEqual(bytes);
    const before = model.weights.map(({ value }) => [...value.dataSync()]);
    own.fill(7);
    expect(model.weights.map(({ value }) => [...value.dataSync()])).toEqual(before);
    model.dispose();
  });
});

describe("assets are told", () => {
  const members = ["config.json", "metadata.json", "model.weights.h5"].map((name) => [name, readZip(bytes).read(name)]);
  const vocabulary = ["assets/lookup/vocabulary.txt", new Uint8Array(3)] as const;
  it.each(["an archive", "a folder"])("of %s", async (kind) => {
    const target = join(folder, "assets");
    for (const [name, content] of [...members, vocabulary] as [string, Uint8Array][]) {
      mkdirSync(dirname(join(target, name)), { recursive: true });
      writeFileSync(join(target, name), content);
    }
    const archive = writeZip(new Map([...members, vocabulary] as [string, Uint8Array][]));
    const warnings: string[] = [];
    const source = kind === "a folder" ? target : archive;
    const model = await loadModel(source, { filename: "net.keras", onWarning: (text) => warnings.push(text) });
    expect(warnings).toEqual([expect.stringMatching(/^".*": the file has assets, .* not write again: assets\/lookup/)]);
    rmSync(target, { recursive: true });
    model.dispose();
  });
});

describe("reading stops", () => {
  it("before and while a file arrives", async () => {
    const early = AbortSignal.abort(new Error("no more"));
    await expect(loadModel(path, { signal: early })).rejects.toThrow("no more");
    const controller = new AbortController();
    const onProgress = ({ loaded }: LoadProgress) => loaded > 3000 && controller.abort(new Error("enough"));
    const options = { fetch: server(), onProgress, signal: controller.signal };
    await expect(loadModel("https://models.example/net.keras", options)).rejects.toThrow("enough");
  });
});

describe("refused by name and place:", () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const filename = "net.keras";
  it.each([
    [
      "an unknown option",
      () => loadModel(path, { custom_objects: {} } as never),
      "loadModel() has no such option. Received: custom_objects",
    ],
    [
      "an answer that is no success",
      () => loadModel("https://x.example/net.keras", { fetch: server(404) }),
      '"https://x.example/net.keras": the server answered 404',
    ],
    [
      "a server that cannot be reached",
      () => loadModel("https://x.example/net.keras", { fetch: () => Promise.reject(new TypeError("fetch failed")) }),
      '"https://x.example/net.keras": it could not be downloaded: fetch failed',
    ],
    [
      "a connection that breaks off",
      () => loadModel("https://x.example/net.keras", { fetch: brokenServer }),
      '"https://x.example/net.keras": it could not be downloaded: terminated (other side closed)',
    ],
    [
      "a page instead of a file",
      () => loadModel(text("<!DOCTYPE html>"), { filename }),
      'no file of a known kind, not a model (.keras, .h5, or .json with `weights`). Received: bytes=15, begins="<!DOCTYPE html>".',
    ],
    ["no source", () => loadModel(3 as never), "Received: source=3"],
    [
      "a file of no kind",
      () => loadModel(text("hello"), { filename }),
      '"net.keras": this is no file of a known kind, not a model',
    ],
    ["weights as a model", () => loadModel(join(data, "sequential.weights.h5")), "this file has weights only"],
    [
      "an archive without a config",
      () => loadModel(writeZip(new Map([["a", text("b")]])), { filename }),
      '"net.keras", config.json: a model has a config.json, which is missing. Received: a.',
    ],
    [
      "a config that is no JSON",
      () => loadModel(writeZip(new Map([["config.json", text("{")]])), { filename }),
      '"net.keras", config.json: this is no JSON',
    ],
    [
      "pickled weights",
      () =>
        loadModel(
          writeZip(
            new Map([
              ["config.json", text("{}")],
              ["model.weights.npz", text("")],
            ]),
          ),
          { filename },
        ),
      "model.weights.npz holds pickled Python objects",
    ],
    [
      "a config of no model",
      () =>
        loadModel(
          writeZip(
            new Map([
              ["config.json", text("{}")],
              ["model.weights.h5", new Uint8Array(readFileSync(join(data, "sequential.weights.h5")))],
            ]),
          ),
          { filename },
        ),
      '"net.keras", config.json: this is no config of a model',
    ],
  ])("%s", async (_, load, message) => {
    const before = memory().numTensors;
    expect((await failureOf(load())).message).toContain(message);
    expect(memory().numTensors).toBe(before);
  });

  it("a model whose weights are missing, without a tensor left behind", async () => {
    const before = memory().numTensors;
    const config = text(JSON.stringify(JSON.parse(readFileSync(join(data, "folder/config.json"), "utf8"))));
    const failure = await failureOf(loadModel(config, { weights: join(data, "net.weights.h5"), filename: "net.json" }));
    expect(failure.message).toContain(
      "- layers/depthwise_conv1d/vars: layer 'größe' (DepthwiseConv1D) expected 2 variables",
    );
    expect(memory().numTensors).toBe(before);
  });
});

describe("a model is written", () => {
  it("to a path as a whole, and read again", async () => {
    const model = await loadModel(path);
    const target = join(folder, "net.keras");
    expect(await saveModel(model, target)).toBeUndefined();
    await saveWeights(model, join(folder, "net.weights.h5"));
    expect(readdirSync(folder).sort()).toEqual(["net.keras", "net.weights.h5"]);
    expect(new Uint8Array(readFileSync(target))).toEqual(await saveModel(model));
    await loadWeights(model, join(folder, "net.weights.h5"));
    await expect(saveModel(model, target, { overwrite: false })).rejects.toThrow("There is a file already.");
    await expect(saveModel(model, join(folder, "net.h5"))).rejects.toThrow("must end in `.keras`");
    await expect(saveWeights(model, join(folder, "net.h5"))).rejects.toThrow("must end in `.weights.h5`");
    await expect(saveModel(model, 3 as never)).rejects.toThrow("Received: target=3");
    await expect(saveModel(model, null, { zipped: false } as never)).rejects.toThrow(
      "no such option. Received: zipped",
    );
    await expect(saveModel(model, join(folder, "none/net.keras"))).rejects.toThrow("ENOENT");
    model.dispose();
  });
  it("or not at all", async () => {
    const model = await loadModel(path);
    const target = join(folder, "kept.keras");
    writeFileSync(target, "before");
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(saveModel(model, target, { signal })).rejects.toThrow("stopped");
    expect(readFileSync(target, "utf8")).toBe("before");
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    model.dispose();
  });
  it("but not before it is built, as weights", async () => {
    const model = new keras.Sequential({ layers: [new keras.Dense({ units: 2 })] });
    await expect(saveWeights(model)).rejects.toThrow("has not yet been built");
    await expect(loadWeights(model, path)).rejects.toThrow("has not yet been built");
  });
  it("FileError is a ValueError", () => expect(new FileError("x", { file: "y" })).toBeInstanceOf(keras.ValueError));
});
