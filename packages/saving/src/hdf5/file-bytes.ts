// The bytes of an HDF5 file, and a cursor that reads the fields of the "HDF5 File Format Specification" from them.
// Whatever lies outside of the file, or does not fit a JavaScript number, is an error with its place.

import { FileError, unsupportedInFile } from "../file-error.ts";
import type { Budget } from "../limits.ts";
import { lookup3 } from "./lookup3.ts";

/** Everything that structures of one file share: the bytes, the sizes of its addresses, and what its reader may still spend. */
export class FileBytes {
  readonly view: DataView;
  /** Where address 0 lies: after the user block, if there is one. */
  base = 0;
  #decoder: TextDecoder | undefined;
  /** Bytes of an address, "size of offsets". */
  addressBytes = 8;
  /** Bytes of a length, "size of lengths". */
  lengthBytes = 8;

  readonly bytes: Uint8Array;
  readonly name: string;
  readonly budget: Budget;

  constructor(bytes: Uint8Array, name: string, budget: Budget) {
    // The slices of a Buffer of Node are views, and what is changed in them would be changed in the file.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bytes = plain;
    this.name = name;
    this.budget = budget;
    this.view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  }

  /** Throws a FileError at byte `offset` of the file, while reading the object at `path`. */
  fail(reason: string, path: string, offset: number): never {
    throw new FileError(reason, { file: this.name, path, offset });
  }

  /** Throws an UnsupportedError at that place. */
  refuse(feature: string, path: string, offset: number): never {
    throw unsupportedInFile(feature, { file: this.name, path, offset });
  }

  /** The text of bytes that lie at `offset`. */
  utf8(bytes: Uint8Array, path: string, offset: number): string {
    this.#decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return this.fail("a string that is not UTF-8.", path, offset);
    }
  }

  /** A cursor on `size` bytes at an address, or on all bytes from there to the end. */
  at(address: number, path: string, size?: number): Cursor {
    const start = this.base + address;
    const end = size === undefined ? this.bytes.length : start + size;
    if (start > this.bytes.length || end > this.bytes.length)
      this.fail(
        `${size ?? 0} bytes here lie outside of the file. Received: file bytes=${this.bytes.length}.`,
        path,
        start,
      );
    return new Cursor(this, path, start, end);
  }
}

/** A place in the file that moves on as fields are read. */
export class Cursor {
  readonly file: FileBytes;
  readonly path: string;
  /** Byte offset of the next field from the file's start. */
  position: number;
  /** Byte offset that no field may reach beyond. */
  readonly end: number;

  constructor(file: FileBytes, path: string, position: number, end: number) {
    this.file = file;
    this.path = path;
    this.position = position;
    this.end = end;
  }

  get left(): number {
    return this.end - this.position;
  }

  /** Throws a FileError at the present place, or at `offset`. */
  fail(reason: string, offset = this.position): never {
    return this.file.fail(reason, this.path, offset);
  }

  /** Throws an UnsupportedError at the present place. */
  refuse(feature: string): never {
    return this.file.refuse(feature, this.path, this.position);
  }

  skip(count: number): void {
    this.#advance(count);
  }

  uint8(): number {
    return this.file.view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.file.view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.file.view.getUint32(this.#advance(4), true);
  }

  /** An unsigned number of 1 to 8 bytes. */
  unsigned(count: number): number {
    const start = this.#advance(count);
    const { view, bytes } = this.file;
    let value = 0;
    if (count === 8) value = view.getUint32(start + 4, true) * 2 ** 32 + view.getUint32(start, true);
    else for (let index = count - 1; index >= 0; index--) value = value * 256 + (bytes[start + index] as number);
    if (value > Number.MAX_SAFE_INTEGER) this.fail("this number is too large to be a size or an address.", start);
    return value;
  }

  /** A "length": as many bytes as the superblock says. */
  length(): number {
    return this.unsigned(this.file.lengthBytes);
  }

  /** An address, or null where it is undefined: all bits set. */
  address(): number | null {
    return this.#unlessAllSet(this.file.addressBytes);
  }

  /** A length, or null where all bits are set: without end. */
  lengthOrEndless(): number | null {
    return this.#unlessAllSet(this.file.lengthBytes);
  }

  #unlessAllSet(count: number): number | null {
    const { file, position } = this;
    let same = 0;
    while (same < count && file.bytes[position + same] === 0xff) same++;
    if (same < count) return this.unsigned(count);
    this.#advance(count);
    return null;
  }

  /** An address that must be there. */
  definedAddress(what: string): number {
    const start = this.position;
    return this.address() ?? this.fail(`the address of ${what} is undefined.`, start);
  }

  /** The next bytes, a view of the file. */
  take(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.file.bytes.subarray(start, start + count);
  }

  /** UTF-8 text of a known number of bytes, up to its first NUL. */
  text(count: number): string {
    this.file.budget.check("stringBytes", count, this.path, this.position);
    this.file.budget.decode(count, this.path, this.position);
    const start = this.position;
    const bytes = this.take(count);
    const nul = bytes.indexOf(0);
    return this.file.utf8(nul < 0 ? bytes : bytes.subarray(0, nul), this.path, start);
  }

  /** A cursor on the next bytes; this one moves past them. */
  part(count: number): Cursor {
    const start = this.#advance(count);
    return new Cursor(this.file, this.path, start, start + count);
  }

  /** Checks the four letters that open a block, and the version that may follow them. */
  signature(letters: string, version?: number): void {
    const start = this.position;
    const received = this.take(letters.length);
    for (let index = 0; index < letters.length; index++)
      if (received[index] !== letters.charCodeAt(index)) this.fail(`expected the signature "${letters}".`, start);
    if (version === undefined) return;
    const found = this.uint8();
    if (found !== version)
      this.fail(`a block "${letters}" of an unknown version. Received: version=${found}, expected ${version}.`, start);
  }

  /** Reads the checksum of the bytes from `start` to here, and compares. */
  checksum(start: number): void {
    const end = this.position;
    const stored = this.uint32();
    this.file.budget.decode(end - start, this.path, start);
    const computed = lookup3(this.file.bytes.subarray(start, end));
    if (stored !== computed)
      this.fail(
        `a checksum does not match, the file is damaged. Received: ${hex(stored)}, computed ${hex(computed)}.`,
        end,
      );
  }

  #advance(count: number): number {
    const start = this.position;
    if (count < 0 || count > this.end - start)
      this.fail(`${count} bytes were expected here, ${Math.max(0, this.end - start)} are left of this block.`);
    this.position = start + count;
    return start;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
