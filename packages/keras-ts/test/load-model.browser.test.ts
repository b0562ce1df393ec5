/** Files of real Keras loaded in a page, from everything a page has, and run on both backends: Keras's outputs come out. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type Expected, expectOutputs } from "../../saving/test/expect-outputs.ts";
import * as keras from "../src/index.ts";

const EXPECTED = new URL("../../saving/test/data/keras/expected.json", import.meta.url);
const at = (name: string) => new URL(`../${name}`, EXPECTED);
const bytesOf = async (name: string) => (await fetch(at(name))).arrayBuffer();

let bytes: ArrayBuffer;
let expected: Readonly<Record<string, Expected>>;

beforeAll(async () => {
  keras.registerBackend(keras.cpu());
  keras.registerBackend(keras.webgl());
  bytes = await bytesOf("keras/nested.keras");
  expected = await (await fetch(EXPECTED)).json();
});

/** What Keras was given, and gave. */
function recorded(name: string): Expected {
  const found = expected[name];
  if (found) return found;
  throw new Error(`expected.json has no ${name}`);
}

describe.each(["webgl", "cpu"])("on %s", (backend) => {
  beforeAll(async () => {
    expect(await keras.setBackend(backend)).toBe(backend);
  });

  const sources: readonly (readonly [string, () => keras.FileSource])[] = [
    ["a URL", () => at("keras/nested.keras")],
    ["the text of a URL", () => at("keras/nested.keras").href],
    ["the URL of a Blob", () => URL.createObjectURL(new Blob([bytes]))],
    ["a File", () => new File([bytes], "nested.keras")],
    ["a Blob", () => new Blob([bytes])],
    ["an ArrayBuffer", () => bytes],
    ["a part of a buffer", () => new Uint8Array(bytes.slice(0))],
  ];
  it.each(sources)("%s gives a model that computes what Keras does, and leaves nothing", async (_, source) => {
    const before = tf.memory().numTensors;
    const progress: keras.LoadProgress[] = [];
    const model = await keras.loadModel(source(), { onProgress: (now) => progress.push(now) });
    expect(progress.at(-1)).toEqual({ loaded: bytes.byteLength, total: bytes.byteLength });
    expectOutputs(model, recorded("nested"));
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(["sequential", "composed", "shared", "lora", "compiled"])(
    "%s.keras computes what Keras does",
    async (name) => {
      const model = await keras.loadModel(at(`keras/${name}.keras`));
      expectOutputs(model, recorded(name));
      model.dispose();
    },
  );

  it("predict gives what a call gives", async () => {
    const model = await keras.loadModel(at("keras/sequential.keras"));
    const x = tf.tidy(() =>
      tf.concat(recorded("sequential").inputs.map(({ values, shape }) => tf.tensor(values, shape))),
    );
    const [called, predicted] = [model.apply<tf.Tensor>(x), model.predict(x, { verbose: 0 }) as tf.Tensor];
    expect(await predicted.data()).toEqual(await called.data());
    tf.dispose([x, called, predicted]);
    model.dispose();
  });

  it("every layer agrees with the samples that Python put into the file", async () => {
    const model = await keras.loadModel(at("verify/two-inputs.keras"), { verify: true });
    const samples = await keras.readSamples(at("verify/two-inputs.keras"));
    const { agrees, comparisons } = await keras.verifyModel(model, samples as keras.Samples);
    expect({ agrees, compared: comparisons.length > 8 }).toEqual({ agrees: true, compared: true });
    model.dispose();
  });

  it("stops when it is told to, before and while bytes arrive, without a tensor left", async () => {
    const before = tf.memory().numTensors;
    const early = AbortSignal.abort(new Error("no more"));
    await expect(keras.loadModel(at("keras/nested.keras"), { signal: early })).rejects.toThrow("no more");
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) };
    await expect(keras.loadModel(at("keras/nested.keras"), options)).rejects.toThrow("enough");
    await expect(keras.loadModel(new Blob([bytes]), { signal: early })).rejects.toThrow("no more");
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says what is wrong with an answer", async () => {
    const refused = async () => new Response("no such model", { status: 404, statusText: "Not Found" });
    await expect(keras.loadModel("https://models.example/net.keras", { fetch: refused })).rejects.toThrow(
      '"https://models.example/net.keras": the server answered 404 Not Found.',
    );
    await expect(keras.loadModel(new File(["<!doctype html>"], "net.keras"))).rejects.toThrow(
      '"net.keras": this is no file of a known kind',
    );
  });
});
