// Messages of object headers, each as its type and its bytes: dataspaces, datatypes, layouts, fill values, attributes.

import { ValueError } from "@keras-ts/core";
import { MESSAGE, type MessageType } from "../object-header.ts";
import { align, Block, type FileLayout } from "./file-layout.ts";
import type { Hdf5Written, Hdf5WrittenData } from "./hdf5-tree.ts";
import type { StringHeap } from "./string-heap.ts";

/** A message that is ready for a header; its size is a multiple of 8. */
export interface WrittenMessage {
  readonly type: MessageType;
  readonly bytes: Uint8Array;
}

const LARGEST = 0xffff - 16; // sizes of messages have 16 bits

/** The shape. */
export function dataspaceMessage(shape: readonly number[]): WrittenMessage {
  const block = new Block(8 + 8 * shape.length).uint8(1).uint8(shape.length).skip(6);
  for (const size of shape) block.uint64(size);
  return { type: MESSAGE.dataspace, bytes: block.bytes };
}

/** The type of elements. */
export function datatypeMessage(dtype: keyof Hdf5WrittenData): WrittenMessage {
  return { type: MESSAGE.datatype, bytes: DATATYPES[dtype]() };
}

/** Zeros for what was never written: libhdf5 expects the message. */
export function fillValueMessage(): WrittenMessage {
  const [version, allocatedLate, writtenIfSet, defined] = [2, 2, 2, 1];
  return { type: MESSAGE.fillValue, bytes: new Block(8).raw([version, allocatedLate, writtenIfSet, defined]).bytes };
}

/** Values in one piece. */
export function layoutMessage(address: number | null, bytes: number): WrittenMessage {
  return { type: MESSAGE.layout, bytes: new Block(24).uint8(3).uint8(1).uint64(address).uint64(bytes).bytes };
}

/** Where the links of a group are. */
export function symbolTableMessage(tree: number, heap: number): WrittenMessage {
  return { type: MESSAGE.symbolTable, bytes: new Block(16).uint64(tree).uint64(heap).bytes };
}

/** An attribute; `path` is its object's. Throws ValueError where it is larger than HDF5's 64 KB. */
export function attributeMessage(name: string, value: Hdf5Written, strings: StringHeap, path: string): WrittenMessage {
  const nameBytes = new TextEncoder().encode(`${name}\0`);
  const type = DATATYPES[value.dtype]();
  const space = dataspaceMessage(value.shape).bytes;
  const data = valueBytes(value, strings);
  const size = 8 + align(nameBytes.length) + align(type.length) + space.length + align(data.length);
  if (size > LARGEST)
    throw new ValueError(
      `writeHdf5: an attribute may have 64 KB. Received: ${path}@${name} of ${data.length} bytes. Keras splits its lists of names.`,
    );
  const block = new Block(size).uint8(1).skip(1).uint16(nameBytes.length).uint16(type.length).uint16(space.length);
  block.raw(nameBytes).skip(align(nameBytes.length) - nameBytes.length);
  block.raw(type).skip(align(type.length) - type.length);
  block.raw(space).raw(data);
  return { type: MESSAGE.attribute, bytes: block.bytes };
}

/** The bytes of values: those of the array itself, or references to strings. */
export function valueBytes(value: Hdf5Written, strings: StringHeap): Uint8Array {
  if (value.dtype !== "string") return new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength);
  const block = new Block(16 * value.data.length);
  for (const text of value.data) {
    const { bytes, address, index } = strings.reference(text);
    block.uint32(bytes).uint64(address).uint32(index);
  }
  return block.bytes;
}

/** An object header of version 1; returns its address. */
export function writeObjectHeader(file: FileLayout, messages: readonly WrittenMessage[]): number {
  const padded = messages.map(({ type, bytes }) => ({ type, bytes, size: align(bytes.length) }));
  const size = padded.reduce((sum, message) => sum + 8 + message.size, 0);
  const block = new Block(16 + size).uint8(1).skip(1).uint16(messages.length).uint32(1).uint32(size).skip(4);
  for (const message of padded) {
    block.uint16(message.type).uint16(message.size).skip(4);
    block.raw(message.bytes).skip(message.size - message.bytes.length);
  }
  return file.append(block.bytes);
}

/** Version and class, three bytes of bits, bytes of an element. */
function datatypeHead(size: number, kind: number, bits: readonly number[], bytes: number): Block {
  return new Block(size)
    .uint8(0x10 | kind)
    .raw(bits)
    .uint32(bytes);
}

function integer(bytes: number, signed: boolean): Uint8Array {
  return datatypeHead(12, 0, [signed ? 8 : 0, 0, 0], bytes)
    .uint16(0)
    .uint16(bytes * 8).bytes;
}

/** The mantissa's highest bit is implied; the sign is the highest of all. */
function float(bytes: number, exponentBits: number, bias: number): Uint8Array {
  const mantissaBits = bytes * 8 - 1 - exponentBits;
  return datatypeHead(20, 1, [0x20, bytes * 8 - 1, 0], bytes)
    .uint16(0)
    .uint16(bytes * 8)
    .raw([mantissaBits, exponentBits, 0, mantissaBits])
    .uint32(bias).bytes;
}

/** h5py's bool: an enum on int8. */
function bool(): Uint8Array {
  return datatypeHead(38, 8, [2, 0, 0], 1).raw(integer(1, true)).text("FALSE\0\0\0TRUE\0\0\0\0").raw([0, 1]).bytes;
}

/** h5py's str: of variable length, ends with a NUL, UTF-8, on a string of one byte. */
function text(): Uint8Array {
  const base = datatypeHead(8, 3, [0x10, 0, 0], 1).bytes;
  return datatypeHead(16, 9, [1, 1, 0], 16).raw(base).bytes;
}

/** Keras's bfloat16: two opaque bytes without a tag. */
function opaque(bytes: number): Uint8Array {
  return datatypeHead(8, 5, [0, 0, 0], bytes).bytes;
}

const DATATYPES: Readonly<Record<keyof Hdf5WrittenData, () => Uint8Array>> = {
  float16: () => float(2, 5, 15),
  bfloat16: () => opaque(2),
  float32: () => float(4, 8, 127),
  float64: () => float(8, 11, 1023),
  int8: () => integer(1, true),
  int16: () => integer(2, true),
  int32: () => integer(4, true),
  int64: () => integer(8, true),
  uint8: () => integer(1, false),
  uint16: () => integer(2, false),
  uint32: () => integer(4, false),
  uint64: () => integer(8, false),
  bool,
  string: text,
};
