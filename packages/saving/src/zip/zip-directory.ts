// The directory at the end of a zip archive (PKWARE's APPNOTE 6.3, sections 4.3.12 to 4.3.16), with its zip64 forms.

import { FileError } from "../file-error.ts";
import type { Budget } from "../limits.ts";
import { refuseMemberName } from "./member-name.ts";

/** A member as the directory describes it. */
export interface ZipMember {
  readonly name: string;
  readonly flags: number;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive. */
  readonly storedBytes: number;
  /** Bytes once inflated, as declared. */
  readonly bytes: number;
  /** Byte offset of the member's own header. */
  readonly offset: number;
}

/** The bytes of an archive, with the errors that reading them throws. */
export class ZipBytes {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly budget: Budget;
  readonly view: DataView;

  constructor(bytes: Uint8Array, name: string, budget: Budget) {
    // The slices of a Buffer of Node are views, and what is changed in them would be changed in the file.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bytes = plain;
    this.name = name;
    this.budget = budget;
    this.view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  }

  fail(reason: string, offset: number, path?: string): never {
    throw new FileError(reason, { file: this.name, path, offset });
  }

  /** Checks that `count` bytes are there. */
  need(offset: number, count: number, path?: string): void {
    if (offset < 0 || offset + count > this.bytes.length)
      this.fail(`the archive is truncated: ${count} bytes are expected here.`, offset, path);
  }

  /** A 64-bit number. */
  uint64(offset: number): number {
    this.need(offset, 8);
    const value = this.view.getUint32(offset, true) + this.view.getUint32(offset + 4, true) * 2 ** 32;
    if (value > Number.MAX_SAFE_INTEGER) this.fail("this number is too large to be a size.", offset);
    return value;
  }
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;

/** The members in the directory's order, and where it starts. Throws FileError for names that are refused or come twice. */
export function readDirectory(zip: ZipBytes): { members: ZipMember[]; start: number } {
  const { start, count, end } = findDirectory(zip);
  zip.budget.open("(directory)", start, count);
  const members: ZipMember[] = [];
  const names = new Set<string>();
  let at = start;
  for (let index = 0; index < count; index++) {
    const { member, next } = readEntry(zip, at, end);
    if (names.has(member.name)) zip.fail("two members of the same name.", at, member.name);
    names.add(member.name);
    members.push(member);
    at = next;
  }
  if (at !== end) zip.fail(`the directory has ${end - at} bytes more than its ${count} members.`, at);
  return { members, start };
}

function findDirectory(zip: ZipBytes): { start: number; count: number; end: number } {
  const { view, bytes } = zip;
  let at = bytes.length - END_BYTES;
  const first = Math.max(0, at - 0xffff);
  for (; at >= first; at--)
    if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === bytes.length) break;
  if (at < first) zip.fail(`this is no zip archive, or it is truncated. Received: bytes=${bytes.length}.`, 0);
  const is64 = at >= 20 && view.getUint32(at - 20, true) === LOCATOR64;
  const { end, disk, count, size, start } = is64 ? readEnd64(zip, at - 20) : readEnd(zip, at);
  if (disk !== 0) zip.fail("an archive in several parts.", at);
  if (start + size !== end)
    zip.fail(`the directory is not where it should be. Received: start=${start}, bytes=${size}.`, at);
  if (count * ENTRY_BYTES > size) zip.fail(`a directory of ${size} bytes for ${count} members.`, at);
  return { start, count, end };
}

interface DirectoryEnd {
  /** Where the record itself is, that is, where the directory must end. */
  readonly end: number;
  readonly disk: number;
  readonly count: number;
  readonly size: number;
  readonly start: number;
}

function readEnd({ view }: ZipBytes, at: number): DirectoryEnd {
  const disk = view.getUint16(at + 4, true) | view.getUint16(at + 6, true);
  const [count, size, start] = [
    view.getUint16(at + 10, true),
    view.getUint32(at + 12, true),
    view.getUint32(at + 16, true),
  ];
  return { end: at, disk, count, size, start };
}

function readEnd64(zip: ZipBytes, locator: number): DirectoryEnd {
  const { view } = zip;
  const at = zip.uint64(locator + 8);
  zip.need(at, 56);
  if (at + 56 > locator || view.getUint32(at, true) !== END64)
    zip.fail("the zip64 record is not where it should be.", at);
  const disk = view.getUint32(at + 16, true) | view.getUint32(at + 20, true);
  return { end: at, disk, count: zip.uint64(at + 32), size: zip.uint64(at + 40), start: zip.uint64(at + 48) };
}

function readEntry(zip: ZipBytes, at: number, end: number): { member: ZipMember; next: number } {
  const { view } = zip;
  if (at + ENTRY_BYTES > end || view.getUint32(at, true) !== ENTRY) zip.fail("expected a member in the directory.", at);
  const nameBytes = view.getUint16(at + 28, true);
  const extraBytes = view.getUint16(at + 30, true);
  const next = at + ENTRY_BYTES + nameBytes + extraBytes + view.getUint16(at + 32, true);
  if (next > end) zip.fail("a member reaches beyond the directory.", at);
  const name = readName(zip, at + ENTRY_BYTES, nameBytes);
  const flags = view.getUint16(at + 8, true);
  if (flags & 0x2041) zip.fail("an encrypted member.", at, name);
  if (view.getUint32(at + 38, true) >>> 28 === 0xa) zip.fail("a symbolic link.", at, name);
  const sizes = readSizes(zip, at, { start: at + ENTRY_BYTES + nameBytes, bytes: extraBytes }, name);
  const method = view.getUint16(at + 10, true);
  return { member: { name, flags, method, crc: view.getUint32(at + 16, true), ...sizes }, next };
}

function readName(zip: ZipBytes, at: number, count: number): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(zip.bytes.subarray(at, at + count));
  } catch {
    return zip.fail("a member's name is not UTF-8.", at);
  }
  const reason = refuseMemberName(name);
  return reason === null ? name : zip.fail(`a member's name ${reason}. Received: ${JSON.stringify(name)}.`, at);
}

type Sizes = Pick<ZipMember, "storedBytes" | "bytes" | "offset">;

/** Sizes and offset; where one has all bits set, it is in the zip64 extra field, in this order. */
function readSizes(zip: ZipBytes, at: number, extra: { start: number; bytes: number }, name: string): Sizes {
  const { view } = zip;
  if (view.getUint16(at + 34, true) !== 0) zip.fail("a member in another part of the archive.", at, name);
  let field = findExtra(zip, extra.start, extra.bytes, name);
  const wide = (value: number): number => {
    if (value !== 0xffffffff) return value;
    if (!field || field.left < 8) return zip.fail("a zip64 size is missing.", at, name);
    field = { at: field.at + 8, left: field.left - 8 };
    return zip.uint64(field.at - 8);
  };
  const bytes = wide(view.getUint32(at + 24, true));
  const storedBytes = wide(view.getUint32(at + 20, true));
  return { bytes, storedBytes, offset: wide(view.getUint32(at + 42, true)) };
}

function findExtra(zip: ZipBytes, start: number, bytes: number, name: string): { at: number; left: number } | null {
  for (let at = start; at + 4 <= start + bytes; ) {
    const size = zip.view.getUint16(at + 2, true);
    if (at + 4 + size > start + bytes) zip.fail("an extra field reaches beyond its member.", at, name);
    if (zip.view.getUint16(at, true) === 1) return { at: at + 4, left: size };
    at += 4 + size;
  }
  return null;
}
