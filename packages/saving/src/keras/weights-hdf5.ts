/** The bytes of a `.weights.h5` file, as h5py reads it. Source: `H5IOStore` of `keras.src.saving.saving_lib`. */
import type { Hdf5DatasetTree, Hdf5GroupTree } from "../hdf5/write/hdf5-tree.ts";
import { writeHdf5 } from "../hdf5/write/write-hdf5.ts";
import type { WrittenObject } from "./weights-tree.ts";

/** The file that holds these objects' variables. */
export function hdf5Of(objects: readonly WrittenObject[]): Uint8Array {
  const root: Children = new Map();
  for (const { path, name, arrays } of objects) {
    const group = path === "" ? root : groupAt(root, path.split("/"));
    const attributes = name === null ? new Map<string, string>() : new Map([["name", name]]);
    group.set("vars", { attributes, children: new Map(arrays) });
  }
  return writeHdf5({ children: root });
}

type Children = Map<string, Hdf5GroupTree | Hdf5DatasetTree>;

/** The children of the group at a path, which is made where it is not there. */
function groupAt(children: Children, [name, ...rest]: readonly string[]): Children {
  if (name === undefined) return children;
  const known = children.get(name);
  const own: Children = known && "children" in known ? (known.children as Children) : new Map();
  if (!known) children.set(name, { children: own });
  return groupAt(own, rest);
}
