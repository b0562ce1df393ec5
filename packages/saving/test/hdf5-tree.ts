// Everything in an HDF5 file as a record, to be compared with that of another.

import type { Hdf5Group } from "../src/hdf5/hdf5-group.ts";
import { readHdf5 } from "../src/hdf5/read-hdf5.ts";

/** By path: attributes of groups; shape, dtype and values of arrays. */
export function treeOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const visit = (group: Hdf5Group): void => {
    found[group.path] = [...group.attributes].map(([name, value]) => [name, value.readString()]);
    for (const [, child] of group.entries()) {
      if (child.kind === "group") visit(child);
      else found[child.path] = { shape: child.shape, dtype: child.dtype, values: child.read() };
    }
  };
  visit(readHdf5(bytes));
  return found;
}
