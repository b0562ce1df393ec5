// Links: the names in a group. They are in a symbol table (old groups), in the object header, or dense: in a heap with an index.

import { RECORD, visitRecords } from "./b-tree-v2.ts";
import type { Cursor, FileBytes } from "./file-bytes.ts";
import { FractalHeap } from "./fractal-heap.ts";
import type { AddLink, Link } from "./link.ts";
import { MESSAGE, type Message, openMessage } from "./object-header.ts";
import { readSymbolTable } from "./symbol-table.ts";

const LONGEST = 0xffff; // paths are put together from names: what is long would become huge
const RECORD_BYTES = 128; // of a link in memory, roughly

/** The links of the group with these messages, by name, sorted by name's code units. */
export function readLinks(file: FileBytes, path: string, messages: readonly Message[]): ReadonlyMap<string, Link> {
  const links = new Map<string, Link>();
  const add = (name: string, link: Link, cursor: Cursor): void => {
    if (name === "" || name === "." || name.includes("/"))
      cursor.fail(`a link with an impossible name. Received: ${JSON.stringify(name)}.`);
    if (name.length > LONGEST || (link.kind === "soft" && link.target.length > LONGEST))
      cursor.fail(`a link whose name or target is longer than ${LONGEST} characters.`);
    if (links.has(name)) cursor.fail(`two links of the same name. Received: ${JSON.stringify(name)}.`);
    file.budget.decode(RECORD_BYTES, path, cursor.position);
    links.set(name, link);
  };
  for (const message of messages) {
    const cursor = openMessage(file, path, message);
    if (message.type === MESSAGE.symbolTable) readSymbolTable(cursor, add);
    else if (message.type === MESSAGE.link) readLink(cursor, add);
    else if (message.type === MESSAGE.linkInfo) readDenseLinks(cursor, add);
  }
  return new Map([...links].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readDenseLinks(info: Cursor, add: AddLink): void {
  const start = info.position;
  if (info.uint8() !== 0) info.fail("link information of an unknown version.", start);
  if (info.uint8() & 1) info.skip(8); // largest creation order
  const heapAddress = info.address();
  const index = info.address();
  if (heapAddress === null || index === null) return;
  const { file, path } = info;
  const heap = new FractalHeap(file, path, heapAddress);
  visitRecords(file, path, index, [RECORD.linkName], (record) => {
    record.skip(4); // hash of the name
    readLink(heap.object(record), add);
  });
}

function readLink(cursor: Cursor, add: AddLink): void {
  const start = cursor.position;
  if (cursor.uint8() !== 1) cursor.fail("a link of an unknown version.", start);
  const flags = cursor.uint8();
  const type = flags & 8 ? cursor.uint8() : 0;
  if (flags & 4) cursor.skip(8); // creation order
  if (flags & 16) cursor.skip(1); // character set: UTF-8 holds ASCII
  const name = cursor.text(cursor.unsigned(1 << (flags & 3)));
  if (type === 0) add(name, { kind: "hard", address: cursor.definedAddress(`"${name}"`) }, cursor);
  else if (type === 1) add(name, { kind: "soft", target: cursor.text(cursor.uint16()) }, cursor);
  else if (type === 64) add(name, { kind: "external" }, cursor);
  else cursor.refuse(`a link of the user-defined type ${type} is not read.`);
}
