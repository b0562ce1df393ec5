// An object of the file, whatever paths lead to it: its header's messages, links and attributes, each read once.

import { type AttributeMessage, readAttributes } from "./attribute.ts";
import type { FileBytes } from "./file-bytes.ts";
import { GlobalHeap } from "./global-heap.ts";
import type { Link } from "./link.ts";
import { MESSAGE, type Message, readObjectHeader } from "./object-header.ts";
import { readLinks } from "./read-links.ts";

/** What one opened file has in memory beside its bytes. */
export class OpenFile {
  readonly heap: GlobalHeap;
  readonly #objects = new Map<number, StoredObject>();

  readonly file: FileBytes;

  constructor(file: FileBytes) {
    this.file = file;
    this.heap = new GlobalHeap(file);
  }

  /** The object whose header is at `address`; `path` is what led to it, for errors. */
  object(address: number, path: string): StoredObject {
    let object = this.#objects.get(address);
    if (!object) {
      object = new StoredObject(this.file, path, address, readObjectHeader(this.file, path, address));
      this.#objects.set(address, object);
    }
    return object;
  }
}

/** A group, a dataset or a named datatype as stored. */
export class StoredObject {
  #links: ReadonlyMap<string, Link> | undefined;
  #attributes: ReadonlyMap<string, AttributeMessage> | undefined;

  readonly file: FileBytes;
  readonly path: string;
  readonly address: number;
  readonly messages: readonly Message[];

  constructor(file: FileBytes, path: string, address: number, messages: readonly Message[]) {
    this.file = file;
    this.path = path;
    this.address = address;
    this.messages = messages;
  }

  get isGroup(): boolean {
    return this.messages.some(
      ({ type }) => type === MESSAGE.symbolTable || type === MESSAGE.linkInfo || type === MESSAGE.link,
    );
  }

  get isDataset(): boolean {
    return this.find(MESSAGE.layout) !== undefined;
  }

  /** The first message of a type. */
  find(type: number): Message | undefined {
    return this.messages.find((message) => message.type === type);
  }

  get links(): ReadonlyMap<string, Link> {
    this.#links ??= readLinks(this.file, this.path, this.messages);
    return this.#links;
  }

  get attributes(): ReadonlyMap<string, AttributeMessage> {
    this.#attributes ??= readAttributes(this.file, this.path, this.messages);
    return this.#attributes;
  }
}
