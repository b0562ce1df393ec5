// Attribute messages, versions 1 to 3, in the object header or dense: in a heap with an index.

import { RECORD, visitRecords } from "./b-tree-v2.ts";
import { type Dataspace, readDataspace } from "./dataspace.ts";
import { type Datatype, readDatatype } from "./datatype.ts";
import type { Cursor, FileBytes } from "./file-bytes.ts";
import { FractalHeap } from "./fractal-heap.ts";
import { MESSAGE, type Message, openMessage, readObjectHeader } from "./object-header.ts";

/** An attribute as stored: its type, its shape and the bytes of its values. */
export interface AttributeMessage {
  readonly type: Datatype;
  readonly space: Dataspace;
  readonly bytes: Uint8Array;
  /** Byte offset of the values in the file. */
  readonly offset: number;
}

const SHARED = 2;
const RECORD_BYTES = 256; // of an attribute in memory, roughly

/** The attributes of the object with these messages, by name, in the order of names' code units. */
export function readAttributes(
  file: FileBytes,
  path: string,
  messages: readonly Message[],
): ReadonlyMap<string, AttributeMessage> {
  const attributes = new Map<string, AttributeMessage>();
  const add = (cursor: Cursor): void => {
    const start = cursor.position;
    const { name, attribute } = readAttribute(cursor);
    if (attributes.has(name)) cursor.fail(`two attributes of the same name. Received: ${JSON.stringify(name)}.`, start);
    file.budget.decode(RECORD_BYTES, path, start);
    attributes.set(name, attribute);
  };
  for (const message of messages) {
    if (message.type !== MESSAGE.attribute && message.type !== MESSAGE.attributeInfo) continue;
    const cursor = openMessage(file, path, message);
    if (message.type === MESSAGE.attributeInfo) visitDense(cursor, add);
    else if (message.flags & SHARED) refuseShared(cursor);
    else add(cursor);
  }
  return new Map([...attributes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function visitDense(info: Cursor, add: (cursor: Cursor) => void): void {
  const start = info.position;
  if (info.uint8() !== 0) info.fail("attribute information of an unknown version.", start);
  if (info.uint8() & 1) info.skip(2); // largest creation order
  const heapAddress = info.address();
  const index = info.address();
  if (heapAddress === null || index === null) return;
  const { file, path } = info;
  const heap = new FractalHeap(file, path, heapAddress);
  visitRecords(file, path, index, [RECORD.attributeName], (record) => {
    const object = heap.object(record);
    if (record.uint8() & SHARED) refuseShared(record);
    add(object);
  });
}

function readAttribute(cursor: Cursor): { name: string; attribute: AttributeMessage } {
  const start = cursor.position;
  cursor.file.budget.check("attributeBytes", cursor.left, cursor.path, start);
  const version = cursor.uint8();
  if (version < 1 || version > 3)
    cursor.fail(`an attribute of an unknown version. Received: version=${version}.`, start);
  const flags = version === 1 ? cursor.uint8() & 0 : cursor.uint8();
  const [nameBytes, typeBytes, spaceBytes] = [cursor.uint16(), cursor.uint16(), cursor.uint16()];
  if (version === 3) cursor.skip(1); // character set: UTF-8 holds ASCII
  const padded = (bytes: number): number => (version === 1 ? (bytes + 7) & ~7 : bytes);
  const name = cursor.text(padded(nameBytes));
  const typePart = cursor.part(padded(typeBytes));
  const spacePart = cursor.part(padded(spaceBytes));
  if (flags & 2) refuseShared(spacePart);
  const type = flags & 1 ? readCommittedDatatype(typePart) : readDatatype(typePart);
  const space = readDataspace(spacePart);
  const bytes = space.shape.reduce((product, size) => product * size, type.bytes);
  const offset = cursor.position;
  if (bytes > cursor.left) cursor.fail(`an attribute "${name}" of ${bytes} bytes, of which ${cursor.left} are here.`);
  return { name, attribute: { type, space, bytes: cursor.take(bytes), offset } };
}

/** A datatype message of this object, or one that says in which object it is. */
export function readDatatypeMessage(file: FileBytes, path: string, message: Message): Datatype {
  const cursor = openMessage(file, path, message);
  return message.flags & SHARED ? readCommittedDatatype(cursor) : readDatatype(cursor);
}

/** A datatype that has a name of its own in the file: its message is in that object's header. */
function readCommittedDatatype(cursor: Cursor): Datatype {
  const start = cursor.position;
  const version = cursor.uint8();
  const kind = cursor.uint8();
  if (version === 1) cursor.skip(6);
  if (version < 1 || version > 3)
    cursor.fail(`a shared message of an unknown version. Received: version=${version}.`, start);
  if (version === 3 && kind === 1) refuseShared(cursor);
  const { file, path } = cursor;
  const address = cursor.definedAddress("a named datatype");
  const message = readObjectHeader(file, path, address).find(({ type }) => type === MESSAGE.datatype);
  if (!message || message.flags & SHARED) return cursor.fail("a named datatype without a datatype.", start);
  return readDatatype(openMessage(file, path, message));
}

/** Refuses a message that lies in the file's own heap of shared messages. */
export function refuseShared(cursor: Cursor): never {
  return cursor.refuse("messages in the file's table of shared messages are not read.");
}
