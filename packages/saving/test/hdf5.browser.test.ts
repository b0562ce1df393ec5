// HDF5 and zip in a browser: what is written is what is read.

import { expect, test } from "vitest";
import { type Hdf5Dataset, readHdf5, readZip, writeHdf5, writeZip } from "../src/index.ts";
import { group } from "./written-trees.ts";

test("an HDF5 file in an archive is read back", () => {
  const kernel = Float32Array.of(1, -2, 3);
  const tree = group({
    vars: group({ 0: { dtype: "float32", shape: [3, 1], data: kernel } }, new Map([["name", "ü"]])),
  });
  const archive = writeZip(new Map([["model.weights.h5", writeHdf5(tree)]]));
  const file = readHdf5(readZip(archive).read("model.weights.h5") as Uint8Array);
  const dataset = file.get("vars/0") as Hdf5Dataset;
  expect(dataset.shape).toEqual([3, 1]);
  expect(dataset.read()).toEqual(kernel);
  expect(file.get("vars")?.attributes.get("name")?.readString()).toBe("ü");
});
