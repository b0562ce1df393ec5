// Opens a zip archive that is in memory. Its directory is checked before anything else; a member's bytes are checked when they are read.

import { unsupportedInFile } from "../file-error.ts";
import { inflateExactly, MOST_INFLATION } from "../inflate.ts";
import { Budget, type FileLimits } from "../limits.ts";
import { crc32 } from "./crc32.ts";
import { readDirectory, ZipBytes, type ZipMember } from "./zip-directory.ts";

/** How an archive is read. */
export interface ReadZipOptions {
  /** What errors call the archive; "zip archive" if left out. */
  readonly name?: string;
  readonly limits?: FileLimits;
}

/** An opened archive. */
export interface ZipArchive {
  /** Names of the members in the archive's order; those of folders end in a slash. */
  names(): string[];
  /** Bytes of a member once inflated, as declared; undefined if there is no such member. */
  size(name: string): number | undefined;
  /**
   * A member's bytes, or undefined if there is no such member. **A stored member is a view of the archive's bytes**, a deflated one is inflated
   * with each call. Throws FileError if it is not as long as declared, or its CRC differs.
   */
  read(name: string): Uint8Array | undefined;
}

const STORED = 0;
const DEFLATED = 8;
const METHODS: Readonly<Record<number, string>> = {
  9: "deflate64",
  12: "bzip2",
  14: "LZMA",
  93: "Zstandard",
  95: "XZ",
};
const HEADER = 0x04034b50;
const HEADER_BYTES = 30;

/** A member, and where its bytes are. */
interface PlacedMember extends ZipMember {
  readonly start: number;
}

/**
 * Opens the archive with these bytes. Throws FileError for what is no archive or a truncated one, for names that could lead outside of a folder
 * or come twice, encrypted members, members that overlap, and sizes that cannot be; UnsupportedError for other ways of compression
 * than deflate.
 */
export function readZip(bytes: Uint8Array, { name = "zip archive", limits }: ReadZipOptions = {}): ZipArchive {
  const zip = new ZipBytes(bytes, name, new Budget(name, bytes.length, limits));
  const { members, start } = readDirectory(zip);
  const placed = members.map((member) => ({ ...member, start: checkHeader(zip, member) }));
  checkOverlap(zip, placed, start);
  const byName = new Map(placed.map((member) => [member.name, member]));
  const checked = new Set<string>();
  return {
    names: () => [...byName.keys()],
    size: (member) => byName.get(member)?.bytes,
    read(memberName) {
      const member = byName.get(memberName);
      if (!member) return undefined;
      const data = unpack(zip, member);
      if (!checked.has(memberName) && crc32(data) !== member.crc)
        zip.fail("the checksum (CRC-32) does not match, the member is damaged.", member.start, memberName);
      if (member.method === STORED) checked.add(memberName);
      return data;
    },
  };
}

/** Compares a member's own header with the directory; returns where its bytes start. */
function checkHeader(zip: ZipBytes, member: ZipMember): number {
  const { view, bytes } = zip;
  const { offset, name, method } = member;
  zip.need(offset, HEADER_BYTES, name);
  if (view.getUint32(offset, true) !== HEADER) zip.fail("expected the header of a member.", offset, name);
  const nameBytes = view.getUint16(offset + 26, true);
  const start = offset + HEADER_BYTES + nameBytes + view.getUint16(offset + 28, true);
  zip.need(start, member.storedBytes, name);
  const own = bytes.subarray(offset + HEADER_BYTES, offset + HEADER_BYTES + nameBytes);
  const expected = new TextEncoder().encode(name);
  if (own.length !== expected.length || !own.every((byte, index) => byte === expected[index]))
    zip.fail("the directory and the member's header have different names.", offset, name);
  if (view.getUint16(offset + 8, true) !== method)
    zip.fail("the directory and the member's header have different ways of compression.", offset, name);
  if (method !== STORED && method !== DEFLATED)
    throw unsupportedInFile(`compression by ${METHODS[method] ?? `method ${method}`} is not read; deflate is.`, {
      file: zip.name,
      path: name,
      offset,
    });
  if (method === STORED && member.storedBytes !== member.bytes)
    zip.fail(`a stored member of two sizes. Received: ${member.storedBytes} and ${member.bytes}.`, offset, name);
  if (member.bytes > member.storedBytes * MOST_INFLATION)
    zip.fail(`${member.storedBytes} bytes cannot inflate to ${member.bytes}.`, offset, name);
  return start;
}

/** Members may not share bytes: archives that inflate to a thousand times what they could are made that way. */
function checkOverlap(zip: ZipBytes, members: readonly PlacedMember[], directory: number): void {
  let end = 0;
  for (const member of [...members].sort((a, b) => a.offset - b.offset)) {
    if (member.offset < end) zip.fail("this member overlaps another.", member.offset, member.name);
    end = member.start + member.storedBytes;
    if (end > directory) zip.fail("this member reaches into the directory.", member.offset, member.name);
  }
}

/** A member's bytes; inflating stops one byte beyond the declared size. */
function unpack(zip: ZipBytes, member: PlacedMember): Uint8Array {
  const { name, start, storedBytes, bytes, method } = member;
  const stored = zip.bytes.subarray(start, start + storedBytes);
  if (method === STORED) return stored;
  zip.budget.decode(bytes, name, start);
  try {
    return inflateExactly(stored, bytes);
  } catch (error) {
    return zip.fail(`this member does not inflate: ${error instanceof Error ? error.message : error}.`, start, name);
  }
}
