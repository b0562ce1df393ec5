// Opens an HDF5 file that is in memory. Follows the "HDF5 File Format Specification", versions 1 to 3, of The HDF Group.

import { Budget, type FileLimits } from "../limits.ts";
import { FileBytes } from "./file-bytes.ts";
import { Hdf5Group } from "./hdf5-group.ts";
import { OpenFile } from "./stored-object.ts";
import { readSuperblock } from "./superblock.ts";

/** How a file is read. */
export interface ReadHdf5Options {
  /** What errors call the file; "HDF5 file" if left out. */
  readonly name?: string;
  readonly limits?: FileLimits;
}

/**
 * The root group of the file with these bytes. Nothing else is read before it is asked for; values are views of `bytes` where they can
 * be. Throws FileError for what is no HDF5 file, is truncated or damaged at its head.
 */
export function readHdf5(bytes: Uint8Array, { name = "HDF5 file", limits }: ReadHdf5Options = {}): Hdf5Group {
  const file = new FileBytes(bytes, name, new Budget(name, bytes.length, limits));
  const root = readSuperblock(file);
  const open = new OpenFile(file);
  const stored = open.object(root, "/");
  if (!stored.isGroup) file.fail("the root is not a group.", "/", file.base + root);
  return new Hdf5Group(open, "/", stored, null);
}
