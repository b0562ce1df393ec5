// Symbol tables: how HDF5 has kept groups since its first version, and still does by default. A B-tree (version 1) of nodes with up to 8
// entries, and a heap with their names.

import { visitBTreeV1 } from "./b-tree-v1.ts";
import type { Cursor, FileBytes } from "./file-bytes.ts";
import type { AddLink } from "./link.ts";

/** The data segment of a local heap: where names are. */
interface LocalHeap {
  readonly address: number;
  readonly bytes: number;
}

/** Adds the links of the group whose symbol table message `message` is on. */
export function readSymbolTable(message: Cursor, add: AddLink): void {
  const { file, path } = message;
  const tree = message.definedAddress("a group's B-tree");
  const heap = readLocalHeap(file.at(message.definedAddress("a group's heap"), path));
  visitBTreeV1(file, path, tree, 0, file.lengthBytes, (_key, child) => readNode(file, path, child, heap, add));
}

function readLocalHeap(cursor: Cursor): LocalHeap {
  cursor.signature("HEAP", 0);
  cursor.skip(3);
  const bytes = cursor.length();
  cursor.length(); // free list
  return { address: cursor.definedAddress("a heap's data"), bytes };
}

function readNode(file: FileBytes, path: string, address: number, heap: LocalHeap, add: AddLink): void {
  const cursor = file.at(address, path);
  cursor.signature("SNOD", 1);
  cursor.skip(1);
  const count = cursor.uint16();
  for (let index = 0; index < count; index++) {
    const entry = cursor.part(2 * file.addressBytes + 24);
    const name = readName(entry, heap);
    const header = entry.address();
    const cached = entry.uint32();
    entry.skip(4);
    if (cached === 2) add(name, { kind: "soft", target: heapText(file, path, heap, entry.uint32()) }, entry);
    else if (header === null) entry.fail(`the address of "${name}" is undefined.`);
    else add(name, { kind: "hard", address: header }, entry);
  }
}

function readName(entry: Cursor, heap: LocalHeap): string {
  return heapText(entry.file, entry.path, heap, entry.unsigned(entry.file.addressBytes));
}

/** Text that ends with a NUL in the heap. */
function heapText(file: FileBytes, path: string, heap: LocalHeap, offset: number): string {
  const data = file.at(heap.address, path, heap.bytes);
  data.skip(offset);
  const nul = file.bytes.subarray(data.position, data.end).indexOf(0);
  if (nul < 0) data.fail("a name in a group's heap does not end.");
  return data.text(nul + 1);
}
