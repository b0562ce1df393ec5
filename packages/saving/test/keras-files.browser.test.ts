/** A model is read from a server and from a Blob, and written for a download, in a browser. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { beforeAll, expect, it } from "vitest";
import { loadModel } from "../src/keras/load-model.ts";
import { saveModel } from "../src/keras/save-model.ts";
import type { LoadProgress } from "../src/keras/source.ts";

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

it("reads a URL with progress, writes bytes, and reads them from a File", async () => {
  const progress: LoadProgress[] = [];
  const url = new URL("./data/keras/sequential.keras", import.meta.url);
  const model = await loadModel(url, { onProgress: (now) => progress.push(now) });
  expect(progress.at(-1)?.loaded).toBe(progress.at(-1)?.total);
  const bytes = await saveModel(model);
  const again = await loadModel(new File([bytes as Uint8Array<ArrayBuffer>], "again.keras"));
  expect(again.weights.map(({ value }) => [...value.dataSync()])).toEqual(
    model.weights.map(({ value }) => [...value.dataSync()]),
  );
  await expect(loadModel("net.keras")).rejects.toThrow("A path can be read and written in Node only");
  await expect(saveModel(model, "net.keras")).rejects.toThrow("Received: path='net.keras");
  for (const made of [model, again]) made.dispose();
});
