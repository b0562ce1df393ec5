// Version 1 B-trees: the index of old groups, and of chunks.

import type { Cursor, FileBytes } from "./file-bytes.ts";

/**
 * Visits the leaves of a version 1 B-tree of `type` (0 groups, 1 chunks) in order, each with a cursor on the key of `keyBytes` in front
 * of it. Throws a FileError for a node that comes up twice, or on another level than its parent says.
 */
export function visitBTreeV1(
  file: FileBytes,
  path: string,
  root: number,
  type: 0 | 1,
  keyBytes: number,
  visit: (key: Cursor, child: number) => void,
): void {
  const seen = new Set<number>();
  const visitNode = (address: number, parentLevel: number | null): void => {
    const cursor = file.at(address, path);
    const start = cursor.position;
    if (seen.has(start)) cursor.fail("a node of a B-tree comes up twice.");
    seen.add(start);
    cursor.signature("TREE", type);
    const level = cursor.uint8();
    if (parentLevel !== null && level !== parentLevel - 1)
      cursor.fail(`a node of a B-tree on a wrong level. Received: level=${level}, expected ${parentLevel - 1}.`, start);
    if (level > 32) cursor.fail(`a B-tree that is too deep. Received: level=${level}.`, start);
    const count = cursor.uint16();
    cursor.skip(2 * file.addressBytes); // siblings
    for (let index = 0; index < count; index++) {
      file.budget.decode(keyBytes, path, cursor.position);
      const key = cursor.part(keyBytes);
      const child = cursor.definedAddress("a node of a B-tree");
      if (level > 0) visitNode(child, level);
      else visit(key, child);
    }
  };
  visitNode(root, null);
}
