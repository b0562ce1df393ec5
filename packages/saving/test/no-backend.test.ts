/** Before a backend is chosen there is no place for weights. */
import { join } from "node:path";
import { BackendUnavailableError } from "@keras-ts/core";
import { expect, it } from "vitest";
import { loadModel } from "../src/keras/load-model.ts";

it("loadModel says so", async () => {
  const loading = loadModel(join(import.meta.dirname, "data/keras/sequential.keras"));
  await expect(loading).rejects.toThrow(BackendUnavailableError);
});
