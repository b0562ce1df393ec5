// Object headers, versions 1 and 2: the list of messages that make a group or a dataset.

import type { Cursor, FileBytes } from "./file-bytes.ts";

/** A header message: its type, and where its bytes are. */
export interface Message {
  readonly type: number;
  /** Bit 1: the bytes say where the message really is, in another object. */
  readonly flags: number;
  readonly start: number;
  readonly size: number;
}

/** Message types of the specification, section IV.A.2. */
export const MESSAGE = {
  nil: 0x00,
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFillValue: 0x04,
  fillValue: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** One of these. */
export type MessageType = (typeof MESSAGE)[keyof typeof MESSAGE];

const KNOWN = 0x18; // types beyond are of later versions of the format
const FAIL_IF_UNKNOWN = 0x80;
const RECORD_BYTES = 64; // of a message in memory, roughly
const MOST = 65_536; // attributes of one object are counted in 16 bits

/** The messages of the object whose header is at `address`, in their order. */
export function readObjectHeader(file: FileBytes, path: string, address: number): Message[] {
  const cursor = file.at(address, path);
  return cursor.left > 0 && file.bytes[cursor.position] === 0x4f ? readVersion2(cursor) : readVersion1(cursor);
}

/** A cursor on a message's bytes. */
export function openMessage(file: FileBytes, path: string, message: Message): Cursor {
  return file.at(message.start - file.base, path, message.size);
}

function readVersion1(cursor: Cursor): Message[] {
  const start = cursor.position;
  const version = cursor.uint8();
  if (version !== 1) cursor.fail(`expected an object header. Received: version=${version}.`, start);
  cursor.skip(1);
  const count = cursor.uint16();
  cursor.skip(4); // references
  const size = cursor.uint32();
  cursor.skip(4);
  const messages: Message[] = [];
  const blocks = new Blocks(cursor, cursor.part(size));
  for (let block = blocks.next(); block !== undefined; block = blocks.next()) {
    while (messages.length < count && block.left >= 8) {
      const type = block.uint16();
      const bytes = block.uint16();
      const flags = block.uint8();
      block.skip(3);
      const body = block.part(bytes);
      keep(messages, { type, flags, start: body.position, size: bytes }, body);
      if (type === MESSAGE.continuation) blocks.add(body);
    }
  }
  return messages;
}

function readVersion2(cursor: Cursor): Message[] {
  const start = cursor.position;
  cursor.signature("OHDR", 2);
  const flags = cursor.uint8();
  if (flags & 0x20) cursor.skip(16); // times
  if (flags & 0x10) cursor.skip(4); // when attributes become dense
  const size = cursor.unsigned(1 << (flags & 3));
  const first = cursor.part(size);
  cursor.checksum(start);
  const messages: Message[] = [];
  const blocks = new Blocks(cursor, first);
  const headBytes = flags & 4 ? 6 : 4;
  for (let block = blocks.next(), index = 0; block !== undefined; block = blocks.next(), index++) {
    if (index > 0) block = continued(block);
    while (block.left >= headBytes) {
      const type = block.uint8();
      const bytes = block.uint16();
      const messageFlags = block.uint8();
      if (flags & 4) block.skip(2); // creation order
      const body = block.part(bytes);
      keep(messages, { type, flags: messageFlags, start: body.position, size: bytes }, body);
      if (type === MESSAGE.continuation) blocks.add(body);
    }
  }
  return messages;
}

/** The messages of a continuation block, between its signature and its checksum. */
function continued(block: Cursor): Cursor {
  const start = block.position;
  block.signature("OCHK");
  const messages = block.part(block.left - 4);
  block.checksum(start);
  return messages;
}

function keep(messages: Message[], message: Message, body: Cursor): void {
  if (message.type >= KNOWN && message.flags & FAIL_IF_UNKNOWN)
    body.refuse(`a header message that must be understood is not. Received: type=${message.type}.`);
  if (messages.length >= MOST) body.fail(`an object header of more than ${MOST} messages.`);
  body.file.budget.decode(RECORD_BYTES, body.path, message.start);
  messages.push(message);
}

/** The blocks of one header that are still to be read; a block that comes up twice is an error, so that a cycle ends. */
class Blocks {
  readonly #waiting: Cursor[];
  readonly #seen = new Set<number>();
  #bytes = 0;

  readonly header: Cursor;

  constructor(header: Cursor, first: Cursor) {
    this.header = header;
    this.#waiting = [first];
    this.#seen.add(first.position);
  }

  next(): Cursor | undefined {
    return this.#waiting.shift();
  }

  add(message: Cursor): void {
    const { file, path } = this.header;
    const address = message.definedAddress("a continuation block");
    const block = file.at(address, path, message.length());
    if (this.#seen.has(block.position))
      message.fail("an object header continues in a block of its own that was read already.");
    this.#bytes += block.left;
    if (this.#bytes > file.bytes.length) message.fail("an object header whose blocks overlap.");
    this.#seen.add(block.position);
    this.#waiting.push(block);
  }
}
