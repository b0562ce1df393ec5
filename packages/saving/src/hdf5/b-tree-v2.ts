// Version 2 B-trees: the records that index dense links, dense attributes, huge heap objects and chunks.

import type { Cursor, FileBytes } from "./file-bytes.ts";

/** What the specification calls a record's type. */
export const RECORD = { hugeObject: 1, linkName: 5, attributeName: 8, chunk: 10, filteredChunk: 11 } as const;

interface Tree {
  readonly file: FileBytes;
  readonly path: string;
  readonly type: number;
  readonly nodeBytes: number;
  readonly recordBytes: number;
  /** Bytes that a pointer to a node of that depth takes beside the address: its records, and those below it. */
  readonly pointerBytes: readonly { readonly records: number; readonly total: number }[];
  readonly seen: Set<number>;
  readonly visit: (record: Cursor) => void;
}

/**
 * Visits all records of the tree whose header is at `address`, in order. `visit` gets a cursor on a record's bytes. Throws a
 * FileError for a tree of another type, for a checksum that does not match, and for a node that comes up twice.
 */
export function visitRecords(
  file: FileBytes,
  path: string,
  address: number,
  types: readonly number[],
  visit: (record: Cursor) => void,
): void {
  const cursor = file.at(address, path);
  const start = cursor.position;
  cursor.signature("BTHD", 0);
  const type = cursor.uint8();
  const nodeBytes = cursor.uint32();
  const recordBytes = cursor.uint16();
  const depth = cursor.uint16();
  cursor.skip(2); // percentages at which nodes are split and merged
  const root = cursor.address();
  const rootRecords = cursor.uint16();
  cursor.length(); // records of the whole tree
  cursor.checksum(start);
  if (!types.includes(type))
    cursor.fail(`a B-tree of another type. Received: type=${type}, expected ${types.join(" or ")}.`, start);
  if (root === null) return;
  if (recordBytes === 0 || nodeBytes < 10 + recordBytes || depth > 32)
    cursor.fail(
      `a B-tree that cannot be. Received: node=${nodeBytes} bytes, record=${recordBytes} bytes, depth=${depth}.`,
      start,
    );
  const pointerBytes = pointerWidths(nodeBytes, recordBytes, depth, file.addressBytes);
  const tree = { file, path, type, nodeBytes, recordBytes, pointerBytes, seen: new Set<number>(), visit };
  visitNode(tree, root, rootRecords, depth);
}

/** Derived from the sizes of nodes and records, as the library does: a field is as wide as its largest possible value. */
function pointerWidths(
  nodeBytes: number,
  recordBytes: number,
  depth: number,
  addressBytes: number,
): Tree["pointerBytes"] {
  const leafRecords = Math.floor((nodeBytes - 10) / recordBytes);
  const records = bytesFor(leafRecords);
  const widths = [{ records, total: 0 }];
  let total = leafRecords;
  for (let level = 1; level <= depth; level++) {
    const pointer = addressBytes + records + (widths[level - 1]?.total ?? 0);
    const most = Math.floor((nodeBytes - 10 - pointer) / (recordBytes + pointer));
    total = (most + 1) * total + most;
    widths.push({ records, total: bytesFor(total) });
  }
  return widths;
}

/** How many bytes hold numbers up to `value`. */
export function bytesFor(value: number): number {
  return value < 1 ? 1 : Math.floor(Math.log2(value) / 8) + 1;
}

function visitNode(tree: Tree, address: number, count: number, depth: number): void {
  const { file, path, recordBytes } = tree;
  const cursor = file.at(address, path);
  const start = cursor.position;
  if (tree.seen.has(start)) cursor.fail("a node of a B-tree comes up twice.");
  tree.seen.add(start);
  cursor.signature(depth === 0 ? "BTLF" : "BTIN", 0);
  const type = cursor.uint8();
  if (type !== tree.type)
    cursor.fail(`a node of another B-tree. Received: type=${type}, expected ${tree.type}.`, start);
  if (10 + count * recordBytes > tree.nodeBytes)
    cursor.fail(`more records than a node holds. Received: records=${count}.`, start);
  file.budget.decode(count * recordBytes, path, start);
  const records = Array.from({ length: count }, () => cursor.part(recordBytes));
  if (depth === 0) {
    cursor.checksum(start);
    for (const record of records) tree.visit(record);
    return;
  }
  const width = tree.pointerBytes[depth - 1] as { records: number; total: number };
  const children = Array.from({ length: count + 1 }, () => {
    const child = cursor.definedAddress("a node of a B-tree");
    const childRecords = cursor.unsigned(width.records);
    if (width.total > 0) cursor.unsigned(width.total);
    return { child, childRecords };
  });
  cursor.checksum(start);
  for (const [index, { child, childRecords }] of children.entries()) {
    visitNode(tree, child, childRecords, depth - 1);
    const record = records[index];
    if (record) tree.visit(record);
  }
}
