// Every value, shape, type and attribute of files that h5py wrote.

import { expect, test } from "vitest";
import { readHdf5 } from "../src/index.ts";
import { describeTree, hdf5Bytes, hdf5Files, hdf5Tree } from "./hdf5-files.ts";

test.each(hdf5Files())("%s is read as numpy reads it", (name) => {
  expect(describeTree(readHdf5(hdf5Bytes(name), { name }))).toEqual(hdf5Tree(name));
});
