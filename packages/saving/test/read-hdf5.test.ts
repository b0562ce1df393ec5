// Every value, shape, type and attribute of files that h5py wrote.

import { expect, test } from "vitest";
import { readHdf5 } from "../src/index.ts";
import { describeTree, hdf5Bytes, hdf5Files, hdf5Tree } from "./hdf5-files.ts";

test.each(hdf5Files())("%s is read as numpy reads it", (name) => {
  expect(describeTree(readHdf5(hdf5Bytes(name), { name }))).toEqual(hdf5Tree(name));
});

test.each(["dtypes-latest", "attributes-latest"])("%s is read in a Buffer of Node, and left as it is", (name) => {
  const bytes = hdf5Bytes(name);
  const buffer = Buffer.from([0, 0, 0, ...bytes]).subarray(3); // at an odd place, where values cannot be views
  expect(describeTree(readHdf5(buffer, { name }))).toEqual(hdf5Tree(name));
  expect(buffer.equals(bytes)).toBe(true);
});
